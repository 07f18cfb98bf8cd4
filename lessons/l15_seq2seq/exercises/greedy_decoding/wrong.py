"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong


def scanned(decode, state, count, onwards):
    def letter(carry, _):
        before, state = carry
        logits, new = decode(before, state)
        said = jnp.argmax(logits, axis=1).astype("int32")
        return onwards(before, state, said, new), said

    start = jnp.zeros(len(state), "int32"), state
    return jax.lax.scan(letter, start, length=count)[1].T


@wrong(
    "write",
    "The decoder is told 0 every time: it does not hear what it has said itself.",
    "每一次告诉解码器的都是 0：它听不到自己说了什么。",
)
def told_nothing(decode, state, count):
    return scanned(decode, state, count, lambda before, old, said, new: (before, new))


@wrong(
    "write",
    "The state stays the encoder's: what decode returns as the new state is not handed on.",
    "状态一直是编码器的那个：decode 返回的新状态没有传下去。",
)
def state_not_carried(decode, state, count):
    return scanned(decode, state, count, lambda before, old, said, new: (said, old))


@wrong(
    "write",
    "scan stacks what it keeps along a new first axis: time first, (count, n). One row for each "
    "question is asked for.",
    "scan 把留下的东西沿新的第一轴叠起来：时间在前，(count, n)。这里要每个问题一行。",
)
def time_first(decode, state, count):
    return scanned(decode, state, count, lambda before, old, said, new: (said, new)).T


@wrong(
    "write",
    "Reshaping does not exchange axes: the letters of all questions are now mixed. Transpose.",
    "reshape 不会交换轴：所有问题的字母混在了一起。请转置。",
)
def reshaped(decode, state, count):
    said = scanned(decode, state, count, lambda before, old, said, new: (said, new)).T
    return said.reshape(-1, count)
