"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "kernel_shape",
    "A kernel works on all channels of the picture at once and adds up: it has as many channels "
    "as the picture.",
    "一个卷积核同时作用于图的所有通道，再加起来：它的通道数与图相同。",
)
def one_channel_a_kernel(height, width, in_channels, out_channels):
    return (height, width, 1, out_channels)


@wrong(
    "kernel_shape",
    "HWIO: the input channels come before the output channels.",
    "HWIO：输入通道在输出通道之前。",
)
def outputs_before_inputs(height, width, in_channels, out_channels):
    return (height, width, out_channels, in_channels)


@wrong(
    "kernel_shape",
    "This is PyTorch's order. In Flax what is put out comes last: HWIO.",
    "这是 PyTorch 的顺序。Flax 里输出放在最后：HWIO。",
)
def pytorchs_order(height, width, in_channels, out_channels):
    return (out_channels, in_channels, height, width)


@wrong(
    "kernel_shape",
    "The height comes before the width.",
    "高在宽之前。",
)
def width_first(height, width, in_channels, out_channels):
    return (width, height, in_channels, out_channels)


@wrong(
    "count",
    "Each feature map has a bias, which is learnt, too.",
    "每张特征图还有一个偏置，它也要学习。",
)
def without_biases(height, width, in_channels, out_channels):
    return height * width * in_channels * out_channels


@wrong(
    "count",
    "One bias for each feature map, not one for each channel of the picture.",
    "每张特征图一个偏置，而不是输入图的每个通道一个。",
)
def a_bias_an_input_channel(height, width, in_channels, out_channels):
    return height * width * in_channels * out_channels + in_channels


@wrong(
    "count",
    "A kernel has weights for every channel of the picture.",
    "卷积核对图的每个通道都有权重。",
)
def one_channel_counted(height, width, in_channels, out_channels):
    return height * width * out_channels + out_channels
