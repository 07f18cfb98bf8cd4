"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "kernel_shape",
    "This is Flax's order. PyTorch's is OIHW: the kernels first, the window last.",
    "这是 Flax 的顺序。PyTorch 是 OIHW：先是第几个核，窗口在最后。",
)
def flaxs_order(height, width, in_channels, out_channels):
    return (height, width, in_channels, out_channels)


@wrong(
    "kernel_shape",
    "OIHW: the output channels, which are the kernels, come first, although nn.Conv2d is told the "
    "inputs first.",
    "OIHW：输出通道（第几个核）排在最前，虽然 nn.Conv2d 的第一个参数是输入通道。",
)
def as_conv2d_is_told(height, width, in_channels, out_channels):
    return (in_channels, out_channels, height, width)


@wrong(
    "kernel_shape",
    "A kernel works on all channels of the picture at once and adds up: it has as many channels "
    "as the picture.",
    "一个卷积核同时作用于图的所有通道，再加起来：它的通道数与图相同。",
)
def one_channel_a_kernel(height, width, in_channels, out_channels):
    return (out_channels, 1, height, width)


@wrong(
    "count",
    "Each feature map has a bias, which is learnt, too.",
    "每张特征图还有一个偏置，它也要学习。",
)
def without_biases(height, width, in_channels, out_channels):
    return height * width * in_channels * out_channels
