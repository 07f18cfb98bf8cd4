"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong
from lessons.l14_char_rnn.exercises.carried_state.solution import read


@wrong(
    "loss",
    "The loss is right, but the gradient of the second piece runs back through the first. Which "
    "function keeps a value and drops its gradient?",
    "损失是对的，但第二段的梯度一直回传过了第一段。哪个函数保留值而丢掉梯度？",
)
def goes_all_the_way_back(w, x, y):
    first = read(w, jnp.zeros(()), x[0])
    second = read(w, first[-1], x[1])
    return jnp.sum((first - y[0]) ** 2) + jnp.sum((second - y[1]) ** 2)


@wrong(
    "loss",
    "The second piece begins with 0 here, as if nothing had been read.",
    "这里第二段从 0 开始，好像之前什么也没读过。",
)
def begins_anew(w, x, y):
    first, second = (read(w, jnp.zeros(()), piece) for piece in x)
    return jnp.sum((first - y[0]) ** 2) + jnp.sum((second - y[1]) ** 2)


@wrong(
    "loss",
    "stop_gradient is around all of the first piece: its own loss has no gradient any more. Only "
    "the state that is handed on is to lose it.",
    "stop_gradient 包住了整个第一段：它自己的损失也没有梯度了。只有传下去的那个状态才该去掉梯度。",
)
def first_piece_stopped(w, x, y):
    first = jax.lax.stop_gradient(read(w, jnp.zeros(()), x[0]))
    second = read(w, first[-1], x[1])
    return jnp.sum((first - y[0]) ** 2) + jnp.sum((second - y[1]) ** 2)


@wrong(
    "loss",
    "This is the second piece's loss alone; the first piece's belongs to it, too.",
    "这只是第二段的损失；第一段的也要算上。",
)
def second_piece_alone(w, x, y):
    first = read(w, jnp.zeros(()), x[0])
    second = read(w, jax.lax.stop_gradient(first[-1]), x[1])
    return jnp.sum((second - y[1]) ** 2)


@wrong(
    "loss",
    "The state that a piece leaves is its last one; first[0] is the state after its first letter.",
    "一段留下的是最后一个状态；first[0] 是读完第一个字符时的状态。",
)
def from_the_first_state(w, x, y):
    first = read(w, jnp.zeros(()), x[0])
    second = read(w, jax.lax.stop_gradient(first[0]), x[1])
    return jnp.sum((first - y[0]) ** 2) + jnp.sum((second - y[1]) ** 2)
