"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "batch",
    "The first rows, whatever was picked. Use picked itself as the index.",
    "取的总是前几行，与 picked 无关。请把 picked 本身用作下标。",
)
def the_first_rows(data, picked):
    x, y = data
    return x[: len(picked)], y[: len(picked)]


@wrong(
    "batch",
    "The labels must come along: row i of y belongs to row i of x.",
    "标签也要一起取：y 的第 i 行属于 x 的第 i 行。",
)
def labels_as_they_were(data, picked):
    x, y = data
    return x[picked], y[: len(picked)]


@wrong(
    "batch",
    "Without an axis, take looks into the flattened array: single numbers, no rows.",
    "不指定 axis 时，take 在展平的数组里取：得到的是单个的数，不是行。",
)
def of_the_flat_array(data, picked):
    x, y = data
    return jnp.take(x, picked), jnp.take(y, picked)


@wrong(
    "batch",
    "Two arrays are asked for, not a list of pairs: one index takes all rows at once.",
    "要的是两个数组，不是由许多对组成的列表：用一次下标就能取出所有行。",
)
def a_list_of_pairs(data, picked):
    x, y = data
    return [(x[i], y[i]) for i in picked]


@wrong(
    "batch",
    "x[:, picked] picks columns, which are features. The examples are the rows.",
    "x[:, picked] 取的是列，也就是特征。样本是行。",
)
def columns(data, picked):
    x, y = data
    return x[:, picked], y[picked]
