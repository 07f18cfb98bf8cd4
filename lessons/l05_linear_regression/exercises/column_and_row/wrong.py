"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "loss",
    "Here every prediction meets every target, n·n differences: (n, 1) minus (n,) is (n, n). Give "
    "both the same shape first, prediction[:, 0] for example.",
    "这里每个预测都与每个目标相减，有 n·n 个差：(n, 1) 减 (n,) 得到 (n, n)。请先让两者形状相同，例"
    "如 prediction[:, 0]。",
)
def every_pair(prediction, y):
    return jnp.mean((prediction - y[None, :]) ** 2)


@wrong(
    "loss",
    "prediction[0] is the first example's; the first (and only) column is prediction[:, 0].",
    "prediction[0] 是第一个样本的预测；第一列（也是唯一的一列）是 prediction[:, 0]。",
)
def the_first_example(prediction, y):
    return jnp.mean((prediction[0, 0] - y) ** 2)


@wrong(
    "loss",
    "The mean is asked for; this is the sum.",
    "要的是平均值，这是和。",
)
def summed(prediction, y):
    return jnp.sum((prediction[:, 0] - y) ** 2)


@wrong(
    "loss",
    "One number for all examples is asked for; this is one for each.",
    "要的是所有样本合起来的一个数；这里是每个样本一个。",
)
def one_an_example(prediction, y):
    return (prediction[:, 0] - y) ** 2
