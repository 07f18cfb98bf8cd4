"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong


def of(scores, seen):
    return jax.nn.softmax(jnp.where(seen[None], scores, -jnp.inf))


def scores_of(query, key):
    return query @ key.swapaxes(1, 2) / query.shape[-1] ** 0.5


@wrong(
    "weights",
    "The other triangle: each letter sees itself and those that come after it.",
    "三角形反了：每个字母看到的是自己和后面的字母。",
)
def later_letters(query, key):
    return of(scores_of(query, key), jnp.tri(query.shape[1], dtype=bool).T)


@wrong(
    "weights",
    "The letter itself is left out; the first one then sees nothing at all, and 0 / 0 is NaN.",
    "把字母自己也排除了；第一个字母什么也看不到，0 / 0 就是 NaN。",
)
def without_itself(query, key):
    return of(scores_of(query, key), jnp.tri(query.shape[1], k=-1, dtype=bool))


@wrong(
    "weights",
    "Struck out after the softmax: the later letters have had their share of the 1 by then.",
    "在 softmax 之后才去掉：后面的字母已经分走了一份。",
)
def after_the_softmax(query, key):
    seen = jnp.tri(query.shape[1])
    return jax.nn.softmax(scores_of(query, key)) * seen[None]


@wrong(
    "weights",
    "The scores are not divided by √size: with many numbers in a head they grow, and the softmax "
    "is all but a choice.",
    "得分没有除以 √size：一个头里的数越多得分越大，softmax 就几乎成了选择。",
)
def not_divided(query, key):
    return of(query @ key.swapaxes(1, 2), jnp.tri(query.shape[1], dtype=bool))


@wrong(
    "weights",
    "Divided by size, where its root is meant: the scores are now too small, and all letters "
    "nearly alike.",
    "除以了 size，应当是它的平方根：得分太小，看每个字母都差不多。",
)
def by_size(query, key):
    scores = query @ key.swapaxes(1, 2) / query.shape[-1]
    return of(scores, jnp.tri(query.shape[1], dtype=bool))
