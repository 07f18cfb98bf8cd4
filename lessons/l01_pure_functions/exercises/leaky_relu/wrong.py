"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "leaky",
    "Python's if, and, or, max and min want to know a number, and while jit traces there is none. "
    "jnp.where chooses for every place at once.",
    "Python 的 if、and、or、max、min 都要先知道数是多少，而 jit 追踪时还没有数。jnp.where 在每个位"
    "置上同时做选择。",
)
@jax.jit
def python_if(x, slope):
    return x if x > 0 else slope * x


@wrong(
    "leaky",
    "The larger of the two is right only as long as slope is below 1; choose by the sign of x.",
    "取两者中较大的，只有 slope 小于 1 时才对；请按 x 的符号来选。",
)
@jax.jit
def the_larger(x, slope):
    return jnp.maximum(x, slope * x)


@wrong(
    "leaky",
    "The two sides have been exchanged: jnp.where takes its second argument where the condition "
    "holds.",
    "两边写反了：条件成立的地方，jnp.where 取的是第二个参数。",
)
@jax.jit
def exchanged(x, slope):
    return jnp.where(x > 0, slope * x, x)


@wrong(
    "leaky",
    "This is a plain ReLU, 0 where x is negative; there slope · x is asked for.",
    "这是普通的 ReLU，x 为负的地方是 0；那里要的是 slope · x。",
)
@jax.jit
def without_the_slope(x, slope):
    return jnp.where(x > 0, x, 0.0)


@wrong(
    "leaky",
    "Where x is negative, slope times x is asked for, not slope itself.",
    "x 为负的地方，要的是 slope 乘以 x，而不是 slope 本身。",
)
@jax.jit
def the_slope_itself(x, slope):
    return jnp.where(x > 0, x, slope)
