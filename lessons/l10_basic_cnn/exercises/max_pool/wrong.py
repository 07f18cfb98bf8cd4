"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "max_pool",
    "Neighbours must share a window. (2, height / 2) pairs a row with one half a picture away; "
    "the short axis comes second.",
    "相邻的像素才在同一个窗口里。(2, 高 / 2) 会把一行和隔了半幅图的一行配在一起；短的轴应当在后。",
)
def far_rows_together(x):
    n, height, width, channels = x.shape
    windows = x.reshape(n, 2, height // 2, 2, width // 2, channels)
    return jnp.max(windows, axis=(1, 3))


@wrong(
    "max_pool",
    "The axes of length 2 are the window; these are the axes of the places, which are to stay.",
    "长度为 2 的轴才是窗口；这里取的是位置的轴，它们应当留下。",
)
def over_the_places(x):
    n, height, width, channels = x.shape
    windows = x.reshape(n, height // 2, 2, width // 2, 2, channels)
    return jnp.max(windows, axis=(1, 3))


@wrong(
    "max_pool",
    "This is average pooling.",
    "这是平均池化。",
)
def a_mean(x):
    n, height, width, channels = x.shape
    return jnp.mean(x.reshape(n, height // 2, 2, width // 2, 2, channels), axis=(2, 4))


@wrong(
    "max_pool",
    "Four numbers that follow each other in memory are no window: two of them must come from the "
    "next row.",
    "内存里相连的四个数不是一个窗口：其中两个应当来自下一行。",
)
def four_in_a_row(x):
    n, height, width, channels = x.shape
    return jnp.max(x.reshape(n, height // 2, width // 2, 4, channels), axis=3)


@wrong(
    "max_pool",
    "This takes one pixel of every window, without looking at the others.",
    "这是从每个窗口里固定取一个像素，没有比较其他的。",
)
def every_second(x):
    return x[:, ::2, ::2]
