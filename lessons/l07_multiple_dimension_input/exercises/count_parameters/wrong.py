"""Typical wrong answers."""

from itertools import pairwise

from jaxdl.course.exercises import wrong


@wrong(
    "parameters",
    "The biases count, too.",
    "偏置也要算进去。",
)
def without_biases(sizes):
    return sum(a * b for a, b in pairwise(sizes))


@wrong(
    "parameters",
    "A layer has as many biases as outputs, not one for all of them.",
    "一层的偏置个数等于输出的个数，不是整层共用一个。",
)
def one_bias_a_layer(sizes):
    return sum(a * b + 1 for a, b in pairwise(sizes))


@wrong(
    "parameters",
    "A bias is added to an output: there are as many of them as outputs, not as inputs.",
    "偏置是加在输出上的：有几个输出就有几个偏置，与输入个数无关。",
)
def a_bias_an_input(sizes):
    return sum(a * (b + 1) for a, b in pairwise(sizes))


@wrong(
    "parameters",
    "n sizes have n - 1 layers between them; the last layer is missing here.",
    "n 个数之间有 n - 1 个层；这里少了最后一层。",
)
def without_the_last_layer(sizes):
    return sum((a + 1) * b for a, b in pairwise(sizes[:-1]))
