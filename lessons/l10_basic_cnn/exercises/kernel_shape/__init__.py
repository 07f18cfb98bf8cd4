"""The shape of a convolution's kernels in both frameworks, and their number of weights."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="How many channels has a kernel?",
    title_zh="卷积核有几个通道",
    ask="""
A convolution looks at windows of height x width pixels of a picture with
in_channels channels, and makes out_channels feature maps. Write

  kernel_shape(height, width, in_channels, out_channels)
                       the shape of all its kernels, a tuple of 4 ints;
  count(height, width, in_channels, out_channels)
                       how many numbers there are to learn, biases included.

JAX| The shape in Flax's order, HWIO (I: input, O: output channels).
PyTorch| The shape in PyTorch's order, OIHW (O: output, I: input channels).
""",
    ask_zh="""
一个卷积层用 height x width 个像素的窗口看一幅有 in_channels 个
通道的图，生成 out_channels 张特征图。请写

  kernel_shape(height, width, in_channels, out_channels)
                       所有卷积核合在一起的形状，4 个 int；
  count(height, width, in_channels, out_channels)
                       要学习的数有多少个，包括偏置。

JAX| 形状按 Flax 的顺序 HWIO（I 输入通道，O 输出通道）。
PyTorch| 形状按 PyTorch 的顺序 OIHW（O 输出通道，I 输入通道）。
""",
)
