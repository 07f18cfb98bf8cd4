"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong
from lessons.l13_rnn_classifier.exercises.last_letter.imperative.solution import lengths


@wrong(
    "lengths",
    "Without dim, sum() adds up everything: the letters of all names together. A name is a row.",
    "不写 dim 时，sum() 把所有数加在一起：所有名字的字母总数。一个名字是一行。",
)
def of_all_names(x):
    return (x > 0).sum()


@wrong(
    "lengths",
    "This adds the codes themselves. Each letter counts as one: add where the code is not 0.",
    "这是把编码本身加了起来。每个字母只算一个：请数一数有几个编码不是 0。",
)
def sum_of_codes(x):
    return x.sum(dim=1)


@wrong(
    "last",
    "This takes the end of the array, where most names are padding already: read each one at its "
    "own length.",
    "这是数组的末尾，多数名字在那里已经是填充了：请按每个名字自己的长度来取。",
)
def last_step(output, x):
    return output[-1]


@wrong(
    "last",
    "Which axis is time? Without batch_first nn.GRU returns (width, n, hidden); here names and "
    "places have changed roles, and no error says so.",
    "哪个轴是时间？没有 batch_first 时，nn.GRU 返回 (width, n, hidden)；这里名字和位置对调了，却没"
    "有任何报错。",
)
def batch_first(output, x):
    return output[torch.arange(len(x)), lengths(x) - 1]


@wrong(
    "last",
    "One place too far: places are counted from 0, so a name of 3 letters has its last one at "
    "place 2.",
    "多走了一格：位置从 0 数起，3 个字母的名字，最后一个字母在位置 2。",
)
def one_too_far(output, x):
    return output[lengths(x), torch.arange(len(x))]
