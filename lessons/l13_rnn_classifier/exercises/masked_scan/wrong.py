"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong


def scanned(take, x, reverse):
    places = x, jnp.arange(len(x))
    step = lambda h, place: (take(h, *place), None)  # noqa: E731
    return jax.lax.scan(step, jnp.zeros_like(x[0]), places, reverse=reverse)[0]


@wrong(
    "read",
    "This reads the padding, too: what comes out is the state after the end of the array.",
    "这连填充也读了进去：得到的是数组末尾的状态。",
)
def reads_padding(w, x, lengths, reverse):
    return scanned(lambda h, x_t, t: jnp.tanh(x_t + w * h), x, reverse)


@wrong(
    "read",
    "In the padding the state becomes 0 here; short names forget all that they were. Hand on the "
    "old state.",
    "这样状态在填充处变成 0，短名字把读过的都忘了。应当把旧的状态传下去。",
)
def forgets(w, x, lengths, reverse):
    def take(h, x_t, t):
        return jnp.where((t < lengths)[:, None], jnp.tanh(x_t + w * h), 0.0)

    return scanned(take, x, reverse)


@wrong(
    "read",
    "One place too many: t is counted from 0, so a name of 3 letters ends with t = 2.",
    "多读了一格：t 从 0 数起，3 个字母的名字到 t = 2 结束。",
)
def one_too_many(w, x, lengths, reverse):
    def take(h, x_t, t):
        return jnp.where((t <= lengths)[:, None], jnp.tanh(x_t + w * h), h)

    return scanned(take, x, reverse)


@wrong(
    "read",
    "The letter is 0 in the padding, but the state still moves: tanh(0 + w h) is not h.",
    "填充处的字母成了 0，可状态仍在变：tanh(0 + w h) 不等于 h。",
)
def masked_letters(w, x, lengths, reverse):
    def take(h, x_t, t):
        return jnp.tanh(jnp.where((t < lengths)[:, None], x_t, 0.0) + w * h)

    return scanned(take, x, reverse)
