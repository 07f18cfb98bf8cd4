"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong


def of(scores, hidden):
    return scores.masked_fill(hidden, -torch.inf).softmax(dim=-1)


def square(query):
    return torch.ones(query.shape[1], query.shape[1], dtype=torch.bool)


@wrong(
    "weights",
    "triu() without 1 has the diagonal in it, so the letter itself is hidden; the first one then "
    "sees nothing, and 0 / 0 is NaN.",
    "triu() 不写 1 就包含对角线，字母自己也被挡住；第一个字母什么也看不到，0 / 0 就是 NaN。",
)
def diagonal_hidden(query, key):
    return of(query @ key.transpose(1, 2) / query.shape[-1] ** 0.5, square(query).triu())


@wrong(
    "weights",
    "masked_fill hides where the mask is True: with tril it hides the past and shows what comes "
    "after.",
    "masked_fill 挡住的是 True 的地方：用 tril 挡住的是过去，露出的是后面。",
)
def past_hidden(query, key):
    return of(query @ key.transpose(1, 2) / query.shape[-1] ** 0.5, square(query).tril(-1))


@wrong(
    "weights",
    "Struck out after the softmax: the later letters have had their share of the 1 by then.",
    "在 softmax 之后才去掉：后面的字母已经分走了一份。",
)
def after_the_softmax(query, key):
    scores = query @ key.transpose(1, 2) / query.shape[-1] ** 0.5
    return scores.softmax(dim=-1).tril()


@wrong(
    "weights",
    "The scores are not divided by √size: with many numbers in a head they grow, and the softmax "
    "is all but a choice.",
    "得分没有除以 √size：一个头里的数越多得分越大，softmax 就几乎成了选择。",
)
def not_divided(query, key):
    return of(query @ key.transpose(1, 2), square(query).triu(1))
