"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "loss",
    "The mean is asked for, so that the loss does not grow with the number of examples: jnp.mean "
    "where this has a sum.",
    "要的是平均值，这样损失不会随样本数增长：这里的求和应当是 jnp.mean。",
)
def summed(w, x, y):
    return jnp.sum((w * x - y) ** 2)


@wrong(
    "loss",
    "One square for each example; a loss is one number for all of them. Take the mean.",
    "这是每个样本一个平方；损失是所有样本合起来的一个数。请取平均。",
)
def one_an_example(w, x, y):
    return (w * x - y) ** 2


@wrong(
    "loss",
    "This is the square of the mean: errors above and below have cancelled before they were "
    "squared. Square first, then take the mean.",
    "这是平均值的平方：取平方之前，偏高和偏低的误差已经抵消了。要先平方，再平均。",
)
def square_of_the_mean(w, x, y):
    return jnp.mean(w * x - y) ** 2


@wrong(
    "loss",
    "Without the square, errors above and below cancel; a model could be wrong everywhere and "
    "have the loss 0.",
    "不取平方，偏高和偏低的误差会互相抵消；处处都错的模型，损失也可能是 0。",
)
def without_the_square(w, x, y):
    return jnp.mean(w * x - y)


@wrong(
    "loss",
    "This is the mean absolute error; the squared one is asked for: ** 2.",
    "这是平均绝对误差；要的是均方误差：** 2。",
)
def absolute(w, x, y):
    return jnp.mean(jnp.abs(w * x - y))
