"""A linear layer as one product of two matrices, in each framework's layout."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A layer, for all examples at once",
    title_zh="一个层，所有样本一起算",
    ask="""
x has the shape (n, inputs): a row an example. JAX's layer is a dict with a
kernel (inputs, outputs) and a bias (outputs,):

  linear(layer, x)           the layer's outputs, (n, outputs).

PyTorch keeps a weight (outputs, inputs) and a bias (outputs,):

  linear(weight, bias, x)    the same, (n, outputs).

No activation: only the product and the bias.
""",
    ask_zh="""
x 的形状是 (n, 输入)：一行一个样本。JAX 的层是一个字典，
kernel 的形状是 (输入, 输出)，bias 的形状是 (输出,)：

  linear(layer, x)           这一层的输出，(n, 输出)。

PyTorch 的 weight 是 (输出, 输入)，bias 是 (输出,)：

  linear(weight, bias, x)    同样的输出，(n, 输出)。

不加激活函数：只有乘积和偏置。
""",
)
