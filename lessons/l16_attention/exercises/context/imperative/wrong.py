"""Typical wrong answers."""

from torch.nn import functional as F

from jaxdl.course.exercises import wrong


def attended(query, read, weights_of):
    weights = weights_of((read @ query.unsqueeze(2)).squeeze(2))
    return (weights.unsqueeze(1) @ read).squeeze(1)


@wrong(
    "context",
    "dim=0 is over the words of the batch: what one word looks at depends on the others. A word's "
    "weights sum to 1 over its letters.",
    "dim=0 是对同批的词取 softmax：一个词看哪里取决于别的词。一个词的权重应当对它的字母求和等于 "
    "1。",
)
def over_the_batch(kernel, h, read):
    return attended(h @ kernel, read, lambda scores: scores.softmax(dim=0))


@wrong(
    "context",
    "The scores are used as weights: they may be negative, and do not sum to 1.",
    "这里把得分直接当权重：得分可能是负的，加起来也不等于 1。",
)
def without_softmax(kernel, h, read):
    return attended(h @ kernel, read, lambda scores: scores)


@wrong(
    "context",
    "F.linear multiplies by the transposed matrix: x @ weight.T. Here h @ kernel is asked for.",
    "F.linear 乘的是转置后的矩阵：x @ weight.T。这里要的是 h @ kernel。",
)
def as_a_linear_layer(kernel, h, read):
    return attended(F.linear(h, kernel), read, lambda scores: scores.softmax(dim=1))


@wrong(
    "context",
    "This is the plain mean of the states: every letter has the same weight.",
    "这是各状态的普通平均：每个字母的权重一样。",
)
def plain_mean(kernel, h, read):
    return read.mean(dim=1)
