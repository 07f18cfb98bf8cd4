"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong


def written(keys, table, start):
    found = []
    for key in keys:
        start = jax.random.categorical(key, table[start])
        found.append(start)
    return found


@wrong(
    "write",
    "The same key in every step: with the same row it draws the same letter again, and the text "
    "soon goes round in a circle. Each letter needs a key of its own.",
    "每一步都用同一个 key：遇到同一行就抽到同一个字符，文字很快就循环重复。每个字符要有自己的 "
    "key。",
)
def one_key(key, table, start, count):
    return jnp.array(written([key] * count, table, start))


@wrong(
    "write",
    "The carry stays `start`: every letter is drawn as the one behind the first. Hand on what was "
    "drawn.",
    "传下去的一直是 start：每个字符都当作第一个之后的那个来抽。请把抽到的传下去。",
)
def not_given_back(key, table, start, count):
    keys = jax.random.split(key, count)
    return jnp.array([jax.random.categorical(each, table[start]) for each in keys])


@wrong(
    "write",
    "What is kept here is the letter before: the text begins with start and lacks its last letter.",
    "这里留下的是前一个字符：文字从 start 开始，却少了最后一个。",
)
def begins_with_start(key, table, start, count):
    return jnp.array([start, *written(jax.random.split(key, count)[:-1], table, start)])


@wrong(
    "write",
    "categorical takes logits and makes the softmax itself. Probabilities are numbers between 0 "
    "and 1, and as logits they are all nearly the same.",
    "categorical 接受 logits，softmax 由它自己做。概率都在 0 与 1 之间，当作 logits 就几乎一样大"
    "了。",
)
def from_probabilities(key, table, start, count):
    return jnp.array(written(jax.random.split(key, count), jax.nn.softmax(table), start))
