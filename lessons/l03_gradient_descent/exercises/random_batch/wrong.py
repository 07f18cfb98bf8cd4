"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong


@wrong(
    "random_batch",
    "x is right, but these y's belong to other rows: draw the numbers once, and use them for both "
    "arrays.",
    "x 是对的，但这些 y 属于别的行：编号只抽一次，两个数组都用它。",
)
def two_orders(key, x, y, size):
    other, _ = jax.random.split(key)
    picked = jax.random.permutation(key, len(x))[:size]
    return x[picked], y[jax.random.permutation(other, len(x))[:size]]


@wrong(
    "random_batch",
    "x has been drawn, y has stayed in its old order: y[picked], too.",
    "x 抽过了，y 还是原来的顺序：y 也要取 y[picked]。",
)
def y_as_it_was(key, x, y, size):
    picked = jax.random.permutation(key, len(x))[:size]
    return x[picked], y[:size]


@wrong(
    "random_batch",
    "These are the first rows in their own order; nothing has been drawn.",
    "这是按原来顺序的前几行，并没有抽取。",
)
def the_first_rows(key, x, y, size):
    return x[:size], y[:size]


@wrong(
    "random_batch",
    "jax.random.randint may give the same row twice; the numbers of a permutation are all "
    "different.",
    "jax.random.randint 可能把同一行抽到两次；排列里的编号各不相同。",
)
def with_repetition(key, x, y, size):
    picked = jax.random.randint(key, (size,), 0, len(x))
    return x[picked], y[picked]


@wrong(
    "random_batch",
    "The whole set in another order; only the first size numbers of it are asked for.",
    "这是换了顺序的全部样本；只要前 size 个。",
)
def all_of_them(key, x, y, size):
    picked = jax.random.permutation(key, len(x))
    return x[picked], y[picked]


@wrong(
    "random_batch",
    "Two keys make two orders, and no y stands beside its x any more. One key is enough here: "
    "draw the numbers once, and use them twice.",
    "两个 key 给出两种顺序，y 就不再与自己的 x 配对。这里一个 key 就够了：编号抽一次，用两次。",
)
def two_keys(key, x, y, size):
    first, second = jax.random.split(key)
    rows = jax.random.permutation(first, len(x))[:size]
    return x[rows], y[jax.random.permutation(second, len(x))[:size]]
