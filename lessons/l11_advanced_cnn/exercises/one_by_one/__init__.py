"""A convolution of one pixel: the same linear layer at every pixel."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A 1×1 convolution is a linear layer",
    title_zh="1×1 卷积就是线性层",
    ask="""
A 1×1 convolution sees no neighbours: at every pixel it makes new channels
of the channels, by the same weights. Write it without a convolution:

JAX|   conv1x1(x, kernel, bias)     x (n, height, width, inputs), kernel
JAX|                                (1, 1, inputs, outputs), bias (outputs,);
JAX|                                result (n, height, width, outputs).
PyTorch|   conv1x1(x, weight, bias)     x (n, inputs, height, width), weight
PyTorch|                                (outputs, inputs, 1, 1), bias (outputs,);
PyTorch|                                result (n, outputs, height, width).
PyTorch|
PyTorch| torch.einsum names the axes.
""",
    ask_zh="""
1×1 卷积看不到相邻的像素：在每个像素处，它用同样的权重由原来
的通道算出新的通道。请不用卷积函数写出它：

JAX|   conv1x1(x, kernel, bias)     x 是 (n, 高, 宽, 输入)，
JAX|                                kernel (1, 1, 输入, 输出)，
JAX|                                bias (输出,)；
JAX|                                结果 (n, 高, 宽, 输出)。
PyTorch|   conv1x1(x, weight, bias)     x 是 (n, 输入, 高, 宽)，
PyTorch|                                weight (输出, 输入, 1, 1)，
PyTorch|                                bias (输出,)；
PyTorch|                                结果 (n, 输出, 高, 宽)。
PyTorch|
PyTorch| torch.einsum 可以给轴起名。
""",
    without=(
        "jax.lax.conv",
        "jax.lax.conv_general_dilated",
        "jax.lax.conv_with_general_padding",
        "flax.nnx.Conv",
        "flax.linen.Conv",
        "jaxdl",
        "torch.conv2d",
        "torch.nn.Conv2d",
        "torch.nn.functional.conv2d",
    ),
)
