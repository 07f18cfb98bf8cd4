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

JAX| Write
JAX|
JAX|   carried(weight, bias)   {"kernel": ..., "bias": ...}, the kernel of shape
JAX|                           (inputs, outputs);
JAX|   apply(params, x)        the layer's result, from params of that form.
PyTorch| Write, without nn.Linear and its function F.linear,
PyTorch|
PyTorch|   forward(weight, bias, x)   the layer's result.
""",
    ask_zh="""
nn.Linear(inputs, outputs) 的权重 weight 形状是 (outputs, inputs)，
每个输出一行；偏置 bias 的形状是 (outputs,)。x 的形状是
(n, inputs)，每个样本一行。这一层的结果形状是 (n, outputs)：对每个
样本、每个输出，把 x 与权重的乘积对 inputs 求和，再加上该输出的
偏置。

JAX| 请写出
JAX|
JAX|   carried(weight, bias)   字典 {"kernel": ..., "bias": ...}，
JAX|                           kernel 的形状是 (inputs, outputs)；
JAX|   apply(params, x)        用这种形式的 params 求这一层的结果。
PyTorch| 不用 nn.Linear，也不用它的函数 F.linear，请写出
PyTorch|
PyTorch|   forward(weight, bias, x)   这一层的结果。
""",
    without=("torch.nn.Linear", "torch.nn.functional.linear"),
)
