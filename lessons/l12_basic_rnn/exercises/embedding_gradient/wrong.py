"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong
from lessons.l12_basic_rnn.exercises.embedding_gradient.solution import gradient


@wrong(
    "gradient",
    "set keeps one of the derivatives of a letter that comes several times. They have to be added.",
    "set 对多次出现的字母只留下其中一个导数。应当把它们加起来。",
)
def set_for_add(table, letters, slope):
    return jnp.zeros_like(table).at[letters].set(slope)


@wrong(
    "gradient",
    "The gradient does not begin with the table's own numbers, but with zeros.",
    "梯度不是从 table 原来的数开始累加，而是从零开始。",
)
def on_top_of_the_table(table, letters, slope):
    return table.at[letters].add(slope)


@wrong(
    "gradient",
    "zeros.at[…].add(…) returns a new array; the zeros themselves do not change.",
    "zeros.at[…].add(…) 返回新的数组；zeros 本身并没有变。",
)
def result_not_taken(table, letters, slope):
    zeros = jnp.zeros_like(table)
    zeros.at[letters].add(slope)
    return zeros


@wrong(
    "gradient",
    "This is the gradient of what was looked up, a row a letter of the text. Asked is a row for "
    "each row of the table.",
    "这是对查出的向量的梯度，文本里每个字母一行。要的是 table 的每一行对应一行。",
)
def of_the_text(table, letters, slope):
    return slope


@wrong(
    "gradient",
    "No mean over the places: each of them adds its derivative.",
    "不要对出现的位置取平均：每个位置都加上自己的导数。",
)
def a_mean(table, letters, slope):
    times = jnp.zeros(len(table)).at[letters].add(1.0)
    return gradient(table, letters, slope) / jnp.maximum(times, 1.0)[:, None]
