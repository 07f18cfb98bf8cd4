"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "pictures",
    "view keeps the numbers in their order and gives them new names. Axes are moved by permute.",
    "view 不改变数的先后，只是换了名称。移动轴要用 permute。",
)
def viewed(x):
    n, height, width, channels = x.shape
    return x.reshape(n, channels, height, width)


@wrong(
    "pictures",
    "permute says where each new axis comes from. This list goes from NCHW to NHWC, the other way.",
    "permute 写的是每个新轴来自哪个旧轴。这样写是从 NCHW 到 NHWC，方向反了。",
)
def the_other_way(x):
    return x.permute(0, 2, 3, 1)


@wrong(
    "pictures",
    "A single transpose(1, 3) swaps the channels with the width: the height then stands last.",
    "只用一次 transpose(1, 3) 是把通道和宽互换：结果宽在前、高在后。",
)
def swapped(x):
    return x.transpose(1, 3)


@wrong(
    "kernels",
    "OIHW begins with the output channels, the last axis of HWIO.",
    "OIHW 以输出通道开头，也就是 HWIO 的最后一个轴。",
)
def inputs_before_outputs(w):
    return w.permute(2, 3, 0, 1)
