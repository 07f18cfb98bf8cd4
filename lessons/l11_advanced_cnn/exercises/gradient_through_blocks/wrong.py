"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "plain",
    "One function inside the other: the chain rule multiplies their derivatives.",
    "一个函数套一个函数：链式法则是把导数相乘。",
)
def added_up(slopes, arriving):
    return arriving * jnp.sum(slopes)


@wrong(
    "plain",
    "What arrives from behind is a factor, too.",
    "从后面传来的导数也是一个因子。",
)
def without_what_arrives(slopes, arriving):
    return jnp.prod(slopes)


@wrong(
    "residual",
    "Every block has its own shortcut: the 1 stands in each factor, not once before the product.",
    "每个块都有自己的捷径：1 在每个因子里，而不是在乘积外面加一次。",
)
def one_shortcut_around_all(slopes, arriving):
    return arriving * (1 + jnp.prod(slopes))


@wrong(
    "residual",
    "The derivative of x + f(x) has a part for x, too.",
    "x + f(x) 的导数里还有 x 的那一份。",
)
def the_plain_one(slopes, arriving):
    return arriving * jnp.prod(slopes)


@wrong(
    "residual",
    "One block inside the other: also with shortcuts the factors are multiplied.",
    "一个块套一个块：有捷径时，各因子仍然是相乘。",
)
def factors_added(slopes, arriving):
    return arriving * jnp.sum(1 + slopes)
