"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "value",
    "The mask is over the result still. On the way back its 0 meets the infinite slope of 1 / x "
    "at x = 0: change x before it is divided by.",
    "掩码仍然加在结果上。回传时它的 0 碰上 1 / x 在 x = 0 处无穷大的斜率：请在做除法之前先改 x。",
)
def masked_result(x, real):
    return jnp.sum(jnp.where(real, 1 / x, 0.0))


@wrong(
    "value",
    "1 / 0 is infinite, and infinity · 0 is NaN, already on the way there.",
    "1 / 0 是无穷，无穷 · 0 是 NaN，正向计算时就已经如此。",
)
def times_the_mask(x, real):
    return jnp.sum(1 / x * real.astype(x.dtype))


@wrong(
    "value",
    "The padding's harmless number is added, too. A mask before the division, and one after it.",
    "填充处那个无害的数也被加进来了。除法之前要有掩码，之后也要有。",
)
def masked_input(x, real):
    return jnp.sum(1 / jnp.where(real, x, 1.0))


@wrong(
    "value",
    "stop_gradient takes the gradient away everywhere, from the real places, too.",
    "stop_gradient 把所有地方的梯度都去掉了，真实的位置也不例外。",
)
def stopped(x, real):
    return jax.lax.stop_gradient(jnp.sum(jnp.where(real, 1 / x, 0.0)))


@wrong(
    "value",
    "This number moves the value a little: 1 / (x + 1e-3) is not 1 / x. Change the padding alone.",
    "这会让值偏一点：1 / (x + 1e-3) 不是 1 / x。请只改填充处。",
)
def moved_a_little(x, real):
    return jnp.sum(jnp.where(real, 1 / (x + 1e-3), 0.0))
