"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong
from lessons.l12_basic_rnn.exercises.recurrence.solution import run


@wrong(
    "run",
    "The state is not handed on: every step begins with zeros again.",
    "状态没有传下去：每一步又从零开始了。",
)
def nothing_remembered(x, w, u, b):
    return jnp.stack([jnp.tanh(x_t @ w + b[None, :]) for x_t in x])


@wrong(
    "run",
    "Only the last state is returned; asked are those after every step.",
    "只返回了最后一个状态；要的是每一步之后的。",
)
def the_last_alone(x, w, u, b):
    return run(x, w, u, b)[-1]


@wrong(
    "run",
    "These are the states before each step; the first of them is only the zeros.",
    "这是每一步之前的状态；第一个只是全零。",
)
def before_each_step(x, w, u, b):
    states = run(x, w, u, b)
    return jnp.concatenate([jnp.zeros_like(states[:1]), states[:-1]])


@wrong(
    "run",
    "The tanh is missing: it keeps every state between -1 and 1.",
    "少了 tanh：它把每个状态都限制在 -1 和 1 之间。",
)
def without_tanh(x, w, u, b):
    h, states = jnp.zeros((x.shape[1], len(b))), []
    for x_t in x:
        h = x_t @ w + h @ u + b[None, :]
        states.append(h)
    return jnp.stack(states)


@wrong(
    "run",
    "The loop goes along the batch here: sequences that know nothing of each other have been made "
    "one.",
    "这里的循环是沿着 batch 走的：把互不相干的序列接成了一个。",
)
def along_the_batch(x, w, u, b):
    return run(x.swapaxes(0, 1), w, u, b).swapaxes(0, 1)
