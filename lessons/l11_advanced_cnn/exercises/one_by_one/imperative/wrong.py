"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong
from lessons.l11_advanced_cnn.exercises.one_by_one.imperative.solution import conv1x1


@wrong(
    "conv1x1",
    "A bias (outputs,) is broadcast along the last axis, which is the width here: give it two "
    "axes behind.",
    "形状为 (输出,) 的偏置会沿最后一个轴广播，而这里最后一个轴是宽：给它在后面补两个轴。",
)
def bias_along_the_width(x, weight, bias):
    return torch.einsum("nihw,oi->nohw", x, weight[:, :, 0, 0]) + bias


@wrong(
    "conv1x1",
    "In NCHW the output channels come second; this result has them last.",
    "NCHW 里输出通道排第二；这个结果把它放到了最后。",
)
def channels_last(x, weight, bias):
    return torch.einsum("nihw,oi->nhwo", x, weight[:, :, 0, 0]) + bias


@wrong(
    "conv1x1",
    "Each output channel has a bias.",
    "每个输出通道还有一个偏置。",
)
def without_bias(x, weight, bias):
    return torch.einsum("nihw,oi->nohw", x, weight[:, :, 0, 0])


@wrong(
    "conv1x1",
    "Height and width have changed places in the result.",
    "结果里高和宽调换了。",
)
def lying(x, weight, bias):
    return conv1x1(x, weight, bias).transpose(2, 3)
