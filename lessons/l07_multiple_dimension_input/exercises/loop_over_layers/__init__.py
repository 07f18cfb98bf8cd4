"""A net of any depth: a loop over its layers, with a bend between them."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="What repeats becomes a loop",
    title_zh="重复的结构写成循环",
    ask="""
layers is a list of layers, each {"kernel": (inputs, outputs), "bias":
(outputs,)}; linear applies one of them to x, (n, inputs). Write

  deep(layers, x)    the net's output: after every layer but the last a
                     sigmoid; after the last layer nothing.

The list has two layers or more; deep must not count on how many.
""",
    ask_zh="""
layers 是层的列表，每层是 {"kernel": (输入, 输出), "bias": (输出,)}；
linear 把其中一层用在形状为 (n, 输入) 的 x 上。请写

  deep(layers, x)    网络的输出：除最后一层外，每层之后
                     用一次 sigmoid；最后一层之后什么也不加。

列表至少有两层；deep 不能依赖层数。
""",
)
