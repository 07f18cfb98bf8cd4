"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "weights",
    "Struck out after the softmax: the padding has had its share of the 1 by then, and the rest "
    "sums to less.",
    "在 softmax 之后才去掉：填充已经分走了一份，剩下的加起来不到 1。",
)
def after_the_softmax(scores, x):
    return jnp.where((x > 0)[:, None], jax.nn.softmax(scores), 0.0)


@wrong(
    "weights",
    "A score of 0 is not small: its exponential is 1.",
    "得分为 0 并不算小：它的指数是 1。",
)
def scores_of_zero(scores, x):
    return jax.nn.softmax(jnp.where((x > 0)[:, None], scores, 0.0))


@wrong(
    "weights",
    "Where all is padding, -inf gives 0 / 0. Take the lowest finite number.",
    "一行全是填充时，-inf 得到 0 / 0。请用最小的有限数。",
)
def minus_infinity(scores, x):
    return jax.nn.softmax(jnp.where((x > 0)[:, None], scores, -jnp.inf))


@wrong(
    "weights",
    "The letters are struck out here and the padding is kept: jnp.where takes its second argument "
    "where the condition is True.",
    "这里去掉的是字母，留下的是填充：条件为 True 时，jnp.where 取第二个参数。",
)
def the_other_way_round(scores, x):
    return jax.nn.softmax(jnp.where((x > 0)[:, None], jnp.finfo(scores.dtype).min, scores))


@wrong(
    "weights",
    "This softmax is over the letters written. The weights sum to 1 over the letters read, the "
    "last axis.",
    "这个 softmax 是对要写的字母取的。权重应当对读过的字母（最后一轴）求和等于 1。",
)
def over_what_is_written(scores, x):
    lowest = jnp.finfo(scores.dtype).min
    return jax.nn.softmax(jnp.where((x > 0)[:, None], scores, lowest), axis=1)
