"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong


def dropped(key, x, keep_probability, factor):
    return jnp.where(jax.random.bernoulli(key, keep_probability, x.shape), factor * x, 0.0)


@wrong(
    "dropout",
    "bernoulli is told how probable True is, and True means kept here: rate is the probability of "
    "the other.",
    "传给 bernoulli 的是 True 的概率，而这里 True 表示留下：rate 是另一种情形的概率。",
)
def kept_with_the_rate(key, x, rate):
    return dropped(key, x, rate, 1 / (1 - rate))


@wrong(
    "dropout",
    "The right ones are kept, but as they are: the mean becomes smaller, and evaluation, where "
    "nothing is dropped, sees larger numbers than training.",
    "留下的是对的，但没有放大：平均值变小，评估时什么也不丢，看到的数就比训练时大。",
)
def not_scaled(key, x, rate):
    return dropped(key, x, 1 - rate, 1.0)


@wrong(
    "dropout",
    "Multiplied by 1 - rate they shrink. A share of 1 - rate is left, so divide by it.",
    "乘以 1 - rate 会变小。留下的占 1 - rate，所以应当除以它。",
)
def scaled_down(key, x, rate):
    return dropped(key, x, 1 - rate, 1 - rate)


@wrong(
    "dropout",
    "Divided by the rate. What is left over is a share of 1 - rate.",
    "除以了 rate。留下的占 1 - rate。",
)
def by_the_rate(key, x, rate):
    return dropped(key, x, 1 - rate, 1 / rate)


@wrong(
    "dropout",
    "One mask for all rows: every example loses the same units. Draw for every number, in the "
    "shape of x.",
    "所有行共用一个掩码：每个样本丢的是同样的单元。请按 x 的形状，为每个数都抽一次。",
)
def one_mask_for_all(key, x, rate):
    keep = jax.random.bernoulli(key, 1 - rate, x.shape[1:])
    return jnp.where(keep[None], x / (1 - rate), 0.0)
