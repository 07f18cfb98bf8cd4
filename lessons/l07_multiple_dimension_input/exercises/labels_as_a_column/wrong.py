"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong
from lessons.l07_multiple_dimension_input.exercises.labels_as_a_column.solution import loss


@wrong(
    "loss",
    "Every label has met every probability, in a table of (n, n). Give y the shape (n, 1) first: "
    "a column.",
    "每个标签都和每个概率配了一次对，成了 (n, n) 的表。请先把 y 变成 (n, 1)：一列。",
)
def a_table(p, y):
    y = y[None, :]
    return jnp.mean(-y * jnp.log(p) - (1 - y) * jnp.log(1 - p))


@wrong(
    "loss",
    "Asked is the mean over the examples; this is their sum.",
    "要的是对样本取平均；这是它们的和。",
)
def summed(p, y):
    return len(y) * loss(p, y)


@wrong(
    "loss",
    "A logarithm of a probability is negative: a loss that is to become small needs the minus.",
    "概率的对数是负数：要让损失变小，前面得有负号。",
)
def without_minus(p, y):
    return -loss(p, y)


@wrong(
    "loss",
    "An example with label 0 counts as well, by log(1 - p).",
    "标签为 0 的样本也要算，用的是 log(1 - p)。",
)
def only_label_1(p, y):
    return jnp.mean(-y[:, None] * jnp.log(p))


@wrong(
    "loss",
    "axis=0 leaves the axis of length 1 behind; a loss is a single number, without axes.",
    "axis=0 会留下那个长度为 1 的轴；损失是一个数，没有轴。",
)
def along_axis_0(p, y):
    y = y[:, None]
    return jnp.mean(-y * jnp.log(p) - (1 - y) * jnp.log(1 - p), axis=0)
