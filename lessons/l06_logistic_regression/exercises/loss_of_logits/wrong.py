"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "losses",
    "For small z it is right, for large z the sigmoid is exactly 0 or 1: log 0 is minus infinity, "
    "and 0 times that is not a number. Compute from z, without the sigmoid.",
    "z 小的时候是对的；z 大的时候 sigmoid 恰好是 0 或 1：log 0 是负无穷，0 乘以它就不是数了。请直"
    "接由 z 来算，不经过 sigmoid。",
)
def through_the_sigmoid(z, y):
    p = jax.nn.sigmoid(z)
    return -y * jnp.log(p) - (1 - y) * jnp.log(1 - p)


@wrong(
    "losses",
    "e²⁰⁰ does not fit into float32, so log(1 + eᶻ) is infinite where it should be z: "
    "jnp.logaddexp(0, z).",
    "float32 放不下 e²⁰⁰，所以 log(1 + eᶻ) 成了无穷大，而它应当等于 z：jnp.logaddexp(0, z)。",
)
def overflowing(z, y):
    return jnp.log(1 + jnp.exp(z)) - y * z


@wrong(
    "losses",
    "Each logarithm is cut off at -100 here, as BCELoss does it: finite, but no longer the loss.",
    "这里像 BCELoss 那样，把每个对数截断在 -100：有限了，但已经不是原来的损失。",
)
def cut_off(z, y):
    p = jax.nn.sigmoid(z)
    one, zero = jnp.maximum(jnp.log(p), -100.0), jnp.maximum(jnp.log1p(-p), -100.0)
    return -y * one - (1 - y) * zero


@wrong(
    "losses",
    "This is log(1 + eᶻ) alone, the loss where y is 0; y·z is to be taken off.",
    "这只是 log(1 + eᶻ)，即 y 为 0 时的损失；还要减去 y·z。",
)
def label_zero(z, y):
    return jnp.logaddexp(0.0, z)


@wrong(
    "losses",
    "The mean over the examples is not asked for here; one loss for each is.",
    "这里不要对样本取平均，而是每个样本各一个损失。",
)
def the_mean(z, y):
    return jnp.mean(jnp.logaddexp(0.0, z) - y * z)
