"""PyTorch's weight, and the kernel that Flax and this course keep."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="What the transpose is for",
    title_zh="转置的用处",
    ask="""
nn.Linear(inputs, outputs) keeps a weight of shape (outputs, inputs), a row
for each output, and a bias of shape (outputs,). x has the shape
(n, inputs), a row for each example. The layer's result has the shape
(n, outputs): for every example and every output the sum over the inputs of
x times weight, plus that output's bias.

In JAX write

  carried(weight, bias)   {"kernel": ..., "bias": ...}, the kernel of shape
                          (inputs, outputs);
  apply(params, x)        the layer's result, from params of that form.

In PyTorch write forward(weight, bias, x), the layer's result, without
nn.Linear.
""",
    ask_zh="""
nn.Linear(inputs, outputs) 的权重 weight 形状是 (outputs, inputs)，
每个输出一行；偏置 bias 的形状是 (outputs,)。x 的形状是
(n, inputs)，每个样本一行。这一层的结果形状是 (n, outputs)：对每个
样本、每个输出，把 x 与权重的乘积对 inputs 求和，再加上该输出的
偏置。

JAX：请写出

  carried(weight, bias)   字典 {"kernel": ..., "bias": ...}，
                          kernel 的形状是 (inputs, outputs)；
  apply(params, x)        用这种形式的 params 求这一层的结果。

PyTorch：不用 nn.Linear，请写出 forward(weight, bias, x)，即这一层
的结果。
""",
)
