"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


def scaled(weights, x):
    return x * weights["scale"][None] + weights["bias"][None]


@wrong(
    "evaluate",
    "These are the batch's own mean and variance, as in training: the answer to an example "
    "depends on its company.",
    "这是这一批自己的均值和方差，像训练时那样：一个样本的答案取决于同批的是谁。",
)
def as_in_training(weights, stats, x):
    own = x - jnp.mean(x, axis=0, keepdims=True)
    return scaled(weights, own / jnp.sqrt(jnp.var(x, axis=0, keepdims=True) + 1e-5))


@wrong(
    "evaluate",
    "Divide by the root of the variance.",
    "除以的应当是方差的平方根。",
)
def by_the_variance(weights, stats, x):
    return scaled(weights, (x - stats["mean"][None]) / (stats["var"][None] + 1e-5))


@wrong(
    "evaluate",
    "ε stands under the root, beside the variance, and not beside the root.",
    "ε 在根号里面，与方差相加，不是与根相加。",
)
def epsilon_outside(weights, stats, x):
    return scaled(weights, (x - stats["mean"][None]) / (jnp.sqrt(stats["var"][None]) + 1e-5))


@wrong(
    "evaluate",
    "Without ε: it is small, but here the variances are, too.",
    "没有 ε：它很小，可是这里的方差也很小。",
)
def without_epsilon(weights, stats, x):
    return scaled(weights, (x - stats["mean"][None]) / jnp.sqrt(stats["var"][None]))
