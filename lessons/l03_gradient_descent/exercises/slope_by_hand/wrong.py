"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "slope",
    "The inner derivative is missing: x·w - y, differentiated by w, gives x.",
    "漏了内层导数：x·w - y 对 w 求导得到 x。",
)
def without_the_inner(w, x, y):
    return jnp.mean(2 * (x * w - y))


@wrong(
    "slope",
    "Half of it: the square's derivative brings a factor 2.",
    "少了一半：平方求导会带来因子 2。",
)
def without_the_two(w, x, y):
    return jnp.mean(x * (x * w - y))


@wrong(
    "slope",
    "The loss is a mean over the examples, and so is its slope: .mean() instead of .sum().",
    "损失是对样本的平均，斜率也一样：用平均，不用求和。",
)
def summed(w, x, y):
    return jnp.sum(2 * x * (x * w - y))


@wrong(
    "slope",
    "The sign is the other one: the error is prediction minus target, x·w - y. The minus of the "
    "descent belongs to the step, not to the slope.",
    "符号反了：误差是预测减去目标，x·w - y。下降时的负号属于更新那一步，不属于斜率。",
)
def the_other_sign(w, x, y):
    return jnp.mean(2 * x * (y - x * w))


@wrong(
    "slope",
    "This multiplies two means; the mean of a product is another number. Multiply for each "
    "example, then take the mean.",
    "这是两个平均值的积，与积的平均值不是一回事。要先对每个样本相乘，再取平均。",
)
def product_of_means(w, x, y):
    return 2 * jnp.mean(x) * jnp.mean(x * w - y)


@wrong(
    "slope",
    "This is the derivative by x. It is w that varies: the inner derivative of x·w - y by w is x.",
    "这是对 x 求的导数；要对 w 求导，所以内层导数是 x，而不是 w。",
)
def by_x(w, x, y):
    return jnp.mean(2 * w * (x * w - y))
