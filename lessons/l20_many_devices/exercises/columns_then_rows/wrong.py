"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong
from lessons.l20_many_devices.exercises.columns_then_rows.solution import parts as right_parts
from lessons.l20_many_devices.exercises.columns_then_rows.solution import summand as right_summand


@wrong(
    "parts",
    "up is cut by rows here: that shares x's numbers out, and relu would have to wait for a sum. "
    "A hidden unit is a column of up.",
    "这里把 up 按行切：分摊的是 x 的数，relu 要先等求和。一个隐藏单元是 up 的一列。",
)
def up_by_rows(up, down, devices):
    return list(zip(jnp.split(up, devices), jnp.split(down, devices), strict=True))


@wrong(
    "parts",
    "down is cut by columns here: each device would need all hidden units. A hidden unit is a row "
    "of down.",
    "这里把 down 按列切：每个设备都需要全部隐藏单元。一个隐藏单元是 down 的一行。",
)
def down_by_columns(up, down, devices):
    pair = jnp.split(up, devices, axis=1), jnp.split(down, devices, axis=1)
    return list(zip(*pair, strict=True))


@wrong(
    "summand",
    "Without relu the two layers are one. It is of each hidden unit by itself, between the two "
    "products.",
    "没有 relu，两层就是一层。它对每个隐藏单元各自作用，在两次乘法之间。",
)
def without_relu(x, own_up, own_down):
    return x @ own_up @ own_down


@wrong(
    "summand",
    "relu comes too late: behind down the numbers are summands, and the relu of a sum is not the "
    "sum of relus.",
    "relu 来得太晚：乘过 down 之后已经是被加数，而和的 relu 不等于 relu 的和。",
)
def relu_behind(x, own_up, own_down):
    return jnp.maximum(x @ own_up @ own_down, 0.0)


@wrong(
    "output",
    "Every device has added the bias, so the sum has it once for each. Add it once.",
    "每个设备都加了偏置，和里就有好几份。只加一次。",
)
def bias_of_each(x, up, down, bias, devices):
    pairs = right_parts(up, down, devices)
    return sum(right_summand(x, *pair) + bias[None] for pair in pairs)


@wrong(
    "output",
    "The mean of the summands. A matrix product over all hidden units is their sum.",
    "这是被加数的平均。对所有隐藏单元的矩阵乘法是它们的和。",
)
def mean_of_the_summands(x, up, down, bias, devices):
    pairs = right_parts(up, down, devices)
    return sum(right_summand(x, *pair) for pair in pairs) / devices + bias[None]
