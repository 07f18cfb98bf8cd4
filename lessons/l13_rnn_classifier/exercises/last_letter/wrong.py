"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong
from lessons.l13_rnn_classifier.exercises.last_letter.solution import lengths


@wrong(
    "lengths",
    "This adds along axis 0: it says how many names have a letter at each place. A name is a row; "
    "add along the row.",
    "这是沿第 0 轴相加：每个位置上有几个名字有字母。一个名字是一行，请沿着行相加。",
)
def down_the_columns(x):
    return jnp.sum(x > 0, axis=0)


@wrong(
    "lengths",
    "This adds the codes themselves. Each letter counts as one: add where the code is not 0.",
    "这是把编码本身加了起来。每个字母只算一个：请数一数有几个编码不是 0。",
)
def sum_of_codes(x):
    return jnp.sum(x, axis=1)


@wrong(
    "lengths",
    "This is the width of the array, padding and all, the same for each name.",
    "这是数组的宽度，连填充也算在内，每个名字都一样。",
)
def the_width(x):
    return jnp.full(len(x), x.shape[1])


@wrong(
    "last",
    "The last column is the end of the array; a shorter name has nothing but padding there.",
    "最后一列是数组的末尾；较短的名字在那里已经是填充了。",
)
def last_column(output, x):
    return output[:, -1]


@wrong(
    "last",
    "One place too far: places are counted from 0, so a name of 3 letters has its last one at "
    "place 2.",
    "多走了一格：位置从 0 数起，3 个字母的名字，最后一个字母在位置 2。",
)
def one_too_far(output, x):
    return output[jnp.arange(len(x)), lengths(x)]


@wrong(
    "last",
    "A colon and a list of places gives every name all of these places. Each name has a place of "
    "its own: give an index for the names, too, 0, 1, 2, …",
    "冒号配一列位置，会让每个名字都取到所有这些位置。每个名字有自己的位置：名字那一维也要给下标 "
    "0、1、2、…",
)
def all_pairs(output, x):
    return output[:, lengths(x) - 1]
