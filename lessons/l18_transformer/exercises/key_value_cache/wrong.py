"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong


def looked(keys, values, seen, query):
    scores = keys @ query / len(query) ** 0.5
    return jnp.where(seen, jax.nn.softmax(jnp.where(seen, scores, -jnp.inf)), 0.0) @ values


def put(keys, values, place, key, value):
    return keys.at[place].set(key), values.at[place].set(value)


@wrong(
    "look",
    "An array of JAX cannot be changed in place. keys.at[place].set(key) is a new one with that "
    "row.",
    "JAX 的数组不能就地改动。keys.at[place].set(key) 返回换了那一行的新数组。",
)
def in_place(keys, values, place, query, key, value):
    keys[place] = key
    values[place] = value
    return looked(keys, values, jnp.arange(len(keys)) <= place, query), keys, values


@wrong(
    "look",
    "What .at[].set() returns is not kept: the caches stay as they were, and the letter's own row "
    "is 0.",
    ".at[].set() 返回的没有留下：缓存没有变，字母自己的那一行是 0。",
)
def result_dropped(keys, values, place, query, key, value):
    keys.at[place].set(key)
    values.at[place].set(value)
    return looked(keys, values, jnp.arange(len(keys)) <= place, query), keys, values


@wrong(
    "look",
    "The letter does not see itself: its own place belongs to what is seen.",
    "字母看不到自己：它自己的位置也在可看的范围之内。",
)
def without_itself(keys, values, place, query, key, value):
    keys, values = put(keys, values, place, key, value)
    return looked(keys, values, jnp.arange(len(keys)) < place, query), keys, values


@wrong(
    "look",
    "The rows that are still empty are looked at, too: their score is 0, and a score of 0 takes "
    "its share.",
    "还空着的行也被看了：它们的得分是 0，而得分 0 照样分走一份权重。",
)
def empty_rows_seen(keys, values, place, query, key, value):
    keys, values = put(keys, values, place, key, value)
    return looked(keys, values, jnp.ones(len(keys), bool), query), keys, values


@wrong(
    "look",
    "place is a tracer inside jax.jit, and a slice up to it has no shape that is known. Keep all "
    "rows, and mask.",
    "在 jax.jit 里 place 是追踪值，切到它为止的形状是未知的。保留所有行，用掩码。",
)
def sliced(keys, values, place, query, key, value):
    keys, values = put(keys, values, place, key, value)
    scores = keys[: place + 1] @ query / len(query) ** 0.5
    return jax.nn.softmax(scores) @ values[: place + 1], keys, values
