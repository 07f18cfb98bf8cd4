"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "kernel",
    "The shape is right, the order of the rows is not: row i belongs to the i-th number of the "
    "flattened picture.",
    "形状是对的，行的顺序不对：第 i 行要对应展平后第 i 个数。",
)
def transposed_only(weight, channels, height, width):
    return weight.T


@wrong(
    "kernel",
    "The outputs must be the last axis before the reshape, or they are mixed with the channels.",
    "reshape 之前，输出必须是最后一个轴，否则会与通道混在一起。",
)
def outputs_before_channels(weight, channels, height, width):
    axes = weight.reshape(-1, channels, height, width)
    return axes.transpose(2, 3, 0, 1).reshape(height * width * channels, -1)


@wrong(
    "kernel",
    "weight's columns are in PyTorch's order (channels, height, width); cut them as they are, "
    "then move the axes.",
    "weight 的各列按 PyTorch 的顺序 (通道, 高, 宽) 排列；先照原样切开，再移动轴。",
)
def cut_in_the_new_order(weight, channels, height, width):
    axes = weight.reshape(-1, height, width, channels)
    return axes.transpose(3, 1, 2, 0).reshape(height * width * channels, -1)


@wrong(
    "kernel",
    "Width and height have changed places.",
    "宽和高调换了。",
)
def width_first(weight, channels, height, width):
    axes = weight.reshape(-1, channels, height, width)
    return axes.transpose(3, 2, 1, 0).reshape(height * width * channels, -1)


@wrong(
    "kernel",
    "A kernel is (inputs, outputs): the outputs are its last axis.",
    "kernel 是 (输入, 输出)：输出是最后一个轴。",
)
def outputs_first(weight, channels, height, width):
    axes = weight.reshape(-1, channels, height, width)
    return axes.transpose(0, 2, 3, 1).reshape(-1, height * width * channels)
