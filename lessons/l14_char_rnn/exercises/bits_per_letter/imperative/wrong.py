"""Typical wrong answers."""

import math

from torch.nn import functional as F

from jaxdl.course.exercises import wrong


@wrong(
    "bits",
    "cross_entropy takes axis 1 for that of the classes, and here it is the place in the text. "
    "Make each letter a row, (n · length, letters), and of y a column.",
    "cross_entropy 把第 1 轴当作类别，而这里它是文字里的位置。请让每个字符成为一行：(n · length, "
    "letters)，y 也展平。",
)
def classes_on_another_axis(logits, y):
    return F.cross_entropy(logits, y) / math.log(2)


@wrong(
    "bits",
    "view does not exchange axes: it only cuts the same numbers otherwise, and logits of several "
    "letters get mixed.",
    "view 不会交换轴：它只是把同样的数换一种切法，几个字符的 logits 就混在了一起。",
)
def view_for_transpose(logits, y):
    n, length, letters = logits.shape
    return F.cross_entropy(logits.view(n, letters, length), y) / math.log(2)


@wrong(
    "bits",
    "The softmax is taken twice: cross_entropy wants logits and takes it by itself.",
    "softmax 做了两次：cross_entropy 要的是 logits，它自己会做。",
)
def softmax_twice(logits, y):
    p = logits.softmax(dim=-1)
    return F.cross_entropy(p.view(-1, p.shape[-1]), y.view(-1)) / math.log(2)


@wrong(
    "bits",
    "These are nats: the logarithm is to the base e. How many bits is one nat?",
    "这是奈特：对数以 e 为底。一奈特等于几比特？",
)
def nats(logits, y):
    return F.cross_entropy(logits.view(-1, logits.shape[-1]), y.view(-1))
