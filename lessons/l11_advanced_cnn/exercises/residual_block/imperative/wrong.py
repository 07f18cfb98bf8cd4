"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong
from lessons.l11_advanced_cnn.exercises.residual_block.imperative.solution import block


@wrong(
    "block",
    "The result is right, but x += … has written into the caller's tensor.",
    "结果是对的，但 x += … 改写了调用者的张量。",
)
def in_place(x, a, b):
    x += torch.relu(x @ a) @ b
    return torch.relu(x)


@wrong(
    "block",
    "torch.relu_, like every method that ends with an underscore, changes the tensor that it is "
    "given.",
    "torch.relu_ 和其他以下划线结尾的方法一样，会改变传给它的张量。",
)
def relu_in_place(x, a, b):
    result = block(x, a, b)
    torch.relu_(x)
    return result


@wrong(
    "block",
    "The shortcut is missing: x itself is added to what the two layers make.",
    "没有捷径：要把 x 本身加到两层的输出上。",
)
def without_the_shortcut(x, a, b):
    return torch.relu(torch.relu(x @ a) @ b)


@wrong(
    "block",
    "The last ReLU comes after the sum, not before it.",
    "最后一个 ReLU 在相加之后，不在之前。",
)
def relu_before_the_sum(x, a, b):
    return x + torch.relu(torch.relu(x @ a) @ b)
