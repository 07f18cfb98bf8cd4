"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong
from lessons.l12_basic_rnn.exercises.embedding_gradient.imperative.solution import gradient


@wrong(
    "gradient",
    "found[letters] += slope reads all rows, adds, and writes all rows: of an index that comes "
    "twice one sum is lost. Look for index_add_.",
    "found[letters] += slope 先读出所有行，相加，再全部写回：下标重复时会丢掉其中一次相加。请看 "
    "index_add_。",
)
def plus_equals(table, letters, slope):
    found = torch.zeros_like(table)
    found[letters] += slope
    return found


@wrong(
    "gradient",
    "index_add without the underscore returns a new tensor and leaves found as it was.",
    "不带下划线的 index_add 返回新的张量，found 保持不变。",
)
def result_not_taken(table, letters, slope):
    found = torch.zeros_like(table)
    found.index_add(0, letters, slope)
    return found


@wrong(
    "gradient",
    "The gradient begins with zeros, not with the table's own numbers.",
    "梯度从零开始累加，不是从 table 原来的数开始。",
)
def on_top_of_the_table(table, letters, slope):
    return table + gradient(table, letters, slope)


@wrong(
    "gradient",
    "Asked is a row for each row of the table, not for each letter of the text.",
    "要的是 table 的每一行对应一行，而不是文本里每个字母一行。",
)
def of_the_text(table, letters, slope):
    return slope
