"""The one linear layer that does what two of them do one after the other."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Two layers without a bend are one",
    title_zh="没有激活函数，两层就是一层",
    ask="""
first and second are layers, {"kernel": (inputs, outputs), "bias":
(outputs,)}; second takes what first gives, and no activation stands
between them. One layer does the same. Write that one's

  kernel(first, second)    (inputs of first, outputs of second);
  bias(first, second)      (outputs of second,).

Multiply out: (xK₁ + b₁)K₂ + b₂.
""",
    ask_zh="""
first 和 second 是两个层，{"kernel": (输入, 输出), "bias": (输出,)}；
second 的输入是 first 的输出，中间没有激活函数。有一个层
与这两层的作用相同。请写出它的

  kernel(first, second)    (first 的输入, second 的输出)；
  bias(first, second)      (second 的输出,)。

把括号乘开：(xK₁ + b₁)K₂ + b₂。
""",
)
