"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong
from lessons.l20_many_devices.exercises.columns_then_rows.imperative.solution import (
    parts as right_parts,
)
from lessons.l20_many_devices.exercises.columns_then_rows.imperative.solution import (
    summand as right_summand,
)


@wrong(
    "parts",
    "chunk cuts along dim 0 unless told otherwise: up is cut by rows here. A hidden unit is a "
    "column of up.",
    "不写 dim 时 chunk 沿第 0 维切：这里把 up 按行切了。一个隐藏单元是 up 的一列。",
)
def up_by_rows(up, down, devices):
    return list(zip(up.chunk(devices), down.chunk(devices), strict=True))


@wrong(
    "summand",
    "relu comes too late: behind down the numbers are summands, and the relu of a sum is not the "
    "sum of relus.",
    "relu 来得太晚：乘过 down 之后已经是被加数，而和的 relu 不等于 relu 的和。",
)
def relu_behind(x, own_up, own_down):
    return torch.relu(x @ own_up @ own_down)


@wrong(
    "output",
    "Every device has added the bias, so the sum has it once for each. Add it once.",
    "每个设备都加了偏置，和里就有好几份。只加一次。",
)
def bias_of_each(x, up, down, bias, devices):
    return sum(right_summand(x, *pair) + bias for pair in right_parts(up, down, devices))


@wrong(
    "output",
    "Laid side by side, the summands make an output that is too wide. They have the same places, "
    "and are to be added.",
    "把被加数并排放，输出就太宽了。它们的位置相同，应当相加。",
)
def side_by_side(x, up, down, bias, devices):
    pairs = right_parts(up, down, devices)
    return torch.cat([right_summand(x, *pair) for pair in pairs], dim=1) + bias.repeat(devices)
