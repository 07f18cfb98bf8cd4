"""Typical wrong answers."""

import numpy as np

from jaxdl.course.exercises import wrong
from lessons.l10_basic_cnn.exercises.convolve.solution import convolve


@wrong(
    "convolve",
    "The kernel is turned round, as mathematics does it; no deep learning library does.",
    "卷积核被翻转了，这是数学里的卷积；深度学习库都不翻转。",
)
def turned_round(x, kernel):
    return convolve(x, kernel[::-1, ::-1])


@wrong(
    "convolve",
    "A kernel sees all channels: the sum runs over the channels of the window, too, not over the "
    "first one alone.",
    "卷积核看得见所有通道：求和时窗口的各个通道都要算，不能只算第一个。",
)
def of_the_first_channel(x, kernel):
    return convolve(x[:, :, :1], kernel[:, :, :1])


@wrong(
    "convolve",
    "Asked is the sum of the products, not their mean.",
    "要的是乘积之和，不是平均值。",
)
def a_mean(x, kernel):
    return convolve(x, kernel) / kernel[..., 0].size


@wrong(
    "convolve",
    "Every feature map has a kernel of its own, number i.",
    "每张特征图用它自己的核，即第 i 个。",
)
def always_kernel_0(x, kernel):
    return np.repeat(convolve(x, kernel[..., :1]), kernel.shape[3], axis=2)
