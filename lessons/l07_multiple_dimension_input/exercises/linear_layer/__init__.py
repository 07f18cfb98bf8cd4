"""A linear layer as one product of two matrices, in each framework's layout."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A layer, for all examples at once",
    title_zh="一个层，所有样本一起算",
    ask="""
x has the shape (n, inputs): a row an example.

JAX| The layer is a dict with a kernel (inputs, outputs) and a bias (outputs,).
JAX| Write
JAX|
JAX|   linear(layer, x)           the layer's outputs, (n, outputs).
PyTorch| The layer has a weight (outputs, inputs) and a bias (outputs,), as PyTorch
PyTorch| keeps them. Write, without nn.Linear and F.linear,
PyTorch|
PyTorch|   linear(weight, bias, x)    the layer's outputs, (n, outputs).

No activation: only the product and the bias.
""",
    ask_zh="""
x 的形状是 (n, 输入)：一行一个样本。

JAX| 层是一个字典，kernel 的形状是 (输入, 输出)，bias 的形状是 (输出,)。
JAX| 请写
JAX|
JAX|   linear(layer, x)           这一层的输出，(n, 输出)。
PyTorch| 层有 weight (输出, 输入) 和 bias (输出,)，这是 PyTorch 的存法。
PyTorch| 不用 nn.Linear 和 F.linear，请写
PyTorch|
PyTorch|   linear(weight, bias, x)    这一层的输出，(n, 输出)。

不加激活函数：只有乘积和偏置。
""",
    without=("torch.nn.Linear", "torch.nn.functional.linear"),
)
