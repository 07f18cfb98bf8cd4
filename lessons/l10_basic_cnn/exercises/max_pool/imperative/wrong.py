"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong


@wrong(
    "max_pool",
    "PyTorch's pictures are (n, channels, height, width): this has cut the channels as if they "
    "were the height.",
    "PyTorch 的图是 (n, 通道, 高, 宽)：这里把通道当成高来切了。",
)
def as_if_nhwc(x):
    n, height, width, channels = x.shape
    windows = x.reshape(n, height // 2, 2, width // 2, 2, channels)
    return torch.amax(windows, dim=(2, 4))


@wrong(
    "max_pool",
    "max with a dim gives a pair, values and indices, and takes one axis only. amax gives the "
    "values.",
    "max 带 dim 时返回一对（数值和下标），而且一次只能取一个轴。amax 只返回数值。",
)
def max_gives_a_pair(x):
    n, channels, height, width = x.shape
    return tuple(x.reshape(n, channels, height // 2, 2, width // 2, 2).max(dim=5))


@wrong(
    "max_pool",
    "The axes of length 2 are the window; these are the axes of the places, which are to stay.",
    "长度为 2 的轴才是窗口；这里取的是位置的轴，它们应当留下。",
)
def over_the_places(x):
    n, channels, height, width = x.shape
    return torch.amax(x.reshape(n, channels, height // 2, 2, width // 2, 2), dim=(2, 4))


@wrong(
    "max_pool",
    "Neighbours must share a window. (2, height / 2) pairs a row with one half a picture away.",
    "相邻的像素才在同一个窗口里。(2, 高 / 2) 会把一行和隔了半幅图的一行配在一起。",
)
def far_rows_together(x):
    n, channels, height, width = x.shape
    return torch.amax(x.reshape(n, channels, 2, height // 2, 2, width // 2), dim=(2, 4))
