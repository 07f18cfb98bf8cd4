"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "split",
    "reshape exchanges no axes: cut straight into (heads, length), the numbers of several letters "
    "get mixed. First cut the last axis, then move the heads forward.",
    "reshape 不会交换轴：直接切成 (heads, length)，几个字母的数就混在了一起。先切最后一轴，再把头"
    "移到前面。",
)
def reshaped(qkv, heads):
    n, length, _ = qkv.shape
    return tuple(qkv.reshape(3, n, heads, length, -1))


@wrong(
    "split",
    "The axes are cut in the wrong order: on the last axis query, key and value come first, and "
    "the heads inside each of them.",
    "切的次序不对：最后一轴上先分 query、key、value，每一份里面才是各个头。",
)
def heads_first(qkv, heads):
    n, length, _ = qkv.shape
    parts = qkv.reshape(n, length, heads, 3, -1)
    return tuple(jnp.moveaxis(parts, (3, 2), (0, 2)))


@wrong(
    "split",
    "Right, but the heads are still behind the letters: (n, length, heads, size). A head's "
    "letters are to stand together.",
    "数是对的，但头还在字母后面：(n, length, heads, size)。同一个头的字母要排在一起。",
)
def heads_behind(qkv, heads):
    n, length, _ = qkv.shape
    return tuple(jnp.moveaxis(qkv.reshape(n, length, 3, heads, -1), 2, 0))


@wrong(
    "split",
    "A head's numbers stand together: size is the last axis, and not heads.",
    "一个头的数是挨在一起的：最后一轴是 size，不是 heads。",
)
def size_and_heads(qkv, heads):
    n, length, _ = qkv.shape
    return tuple(jnp.moveaxis(qkv.reshape(n, length, 3, -1, heads), (2, 4), (0, 2)))


@wrong(
    "merge",
    "The heads have to come behind the letters again before they are laid side by side; without "
    "it each row is made of one head's letters.",
    "并排之前，要先把头移回字母后面；否则每一行是由同一个头的几个字母拼成的。",
)
def merged_without_moving(context):
    n, heads, length, size = context.shape
    return context.reshape(n, length, heads * size)
