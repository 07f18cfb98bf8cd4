"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "pictures",
    "reshape keeps the numbers in their order and gives them new names: a pixel's channels are "
    "then its neighbours.",
    "reshape 不改变数的先后，只是换了名称：这样一来，一个像素的“通道”其实是它的邻居。",
)
def reshaped(x):
    n, channels, height, width = x.shape
    return x.reshape(n, height, width, channels)


@wrong(
    "pictures",
    "transpose says where each new axis comes from. This list goes from NHWC to NCHW, the other "
    "way.",
    "transpose 写的是每个新轴来自哪个旧轴。这样写是从 NHWC 到 NCHW，方向反了。",
)
def the_other_way(x):
    return x.transpose(0, 3, 1, 2)


@wrong(
    "pictures",
    "Height and width have changed places: every picture lies on its side.",
    "高和宽调换了：每幅图都躺倒了。",
)
def lying(x):
    return x.transpose(0, 3, 2, 1)


@wrong(
    "kernels",
    "Here the output channels come before the input channels: OIHW has O first, HWIO has it last.",
    "这样输出通道排在了输入通道前面：OIHW 里 O 在最前，HWIO 里在最后。",
)
def outputs_before_inputs(w):
    return w.transpose(2, 3, 0, 1)


@wrong(
    "kernels",
    "reshape keeps the numbers in their order and gives them new names. Axes are moved by "
    "transpose.",
    "reshape 不改变数的先后，只是换了名称。移动轴要用 transpose。",
)
def kernels_reshaped(w):
    out, into, height, width = w.shape
    return w.reshape(height, width, into, out)


@wrong(
    "kernels",
    ".T turns all axes round: width comes before height.",
    ".T 把所有的轴反过来：宽跑到了高的前面。",
)
def all_turned_round(w):
    return w.T
