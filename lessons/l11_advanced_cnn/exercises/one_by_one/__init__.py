"""A convolution of one pixel: the same linear layer at every pixel."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A 1×1 convolution is a linear layer",
    title_zh="1×1 卷积就是线性层",
    ask="""
A 1×1 convolution sees no neighbours: at every pixel it makes new channels
of the channels, by the same weights. Write it without a convolution:

  conv1x1(x, kernel, bias)     JAX: x (n, height, width, inputs), kernel
                               (1, 1, inputs, outputs), bias (outputs,);
                               result (n, height, width, outputs)
  conv1x1(x, weight, bias)     PyTorch: x (n, inputs, height, width),
                               weight (outputs, inputs, 1, 1), bias
                               (outputs,); result (n, outputs, height,
                               width). torch.einsum names the axes.
""",
    ask_zh="""
1×1 卷积看不到相邻的像素：在每个像素处，它用同样的权重由原来
的通道算出新的通道。请不用卷积函数写出它：

  conv1x1(x, kernel, bias)     JAX：x 是 (n, 高, 宽, 输入)，
                               kernel (1, 1, 输入, 输出)，
                               bias (输出,)；结果
                               (n, 高, 宽, 输出)
  conv1x1(x, weight, bias)     PyTorch：x 是 (n, 输入, 高, 宽)，
                               weight (输出, 输入, 1, 1)，
                               bias (输出,)；结果
                               (n, 输出, 高, 宽)。
                               torch.einsum 可以给轴起名。
""",
)
