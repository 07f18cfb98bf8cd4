"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "loss",
    "The logarithm of a probability is negative; the loss is minus that.",
    "概率的对数是负数；损失是它的相反数。",
)
def without_the_minus(p, y):
    return jnp.mean(y * jnp.log(p) + (1 - y) * jnp.log(1 - p))


@wrong(
    "loss",
    "Where y is 0 this is 0, however wrong p is: the second term is missing, for what did not "
    "happen.",
    "y 为 0 时这里总是 0，不管 p 错得多离谱：漏了第二项，y 为 0 的那一项。",
)
def one_term(p, y):
    return jnp.mean(-y * jnp.log(p))


@wrong(
    "loss",
    "This is the sum over the examples; their mean is asked for.",
    "这是对样本求和；要的是平均值。",
)
def summed(p, y):
    return jnp.sum(-y * jnp.log(p) - (1 - y) * jnp.log(1 - p))


@wrong(
    "loss",
    "The labels have been exchanged: -log p belongs to y = 1.",
    "两种标签写反了：-log p 对应的是 y = 1。",
)
def exchanged(p, y):
    return jnp.mean(-y * jnp.log(1 - p) - (1 - y) * jnp.log(p))


@wrong(
    "loss",
    "This is the squared error, regression's loss: it measures how far a number is from a number.",
    "这是平方误差，是回归的损失：它衡量的是数与数之间的距离。",
)
def squared_error(p, y):
    return jnp.mean((p - y) ** 2)


@wrong(
    "loss",
    "One number for each example; their mean is asked for.",
    "这是每个样本一个数；要的是它们的平均值。",
)
def one_an_example(p, y):
    return -y * jnp.log(p) - (1 - y) * jnp.log(1 - p)
