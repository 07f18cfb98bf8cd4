"""Typical wrong answers."""

import torch
import torch.nn.functional as F

from jaxdl.course.exercises import wrong


@wrong(
    "loss",
    "The sigmoid is taken twice: binary_cross_entropy_with_logits has one inside, and is to be "
    "given z itself.",
    "sigmoid 取了两次：binary_cross_entropy_with_logits 里面已经有一个，应当直接给它 z。",
)
def sigmoid_twice(z, y):
    return F.binary_cross_entropy_with_logits(torch.sigmoid(z), y)


@wrong(
    "loss",
    "binary_cross_entropy wants probabilities, between 0 and 1, and z is any number: take the "
    "function for logits.",
    "binary_cross_entropy 要的是 0 到 1 之间的概率，而 z 可以是任何数：请用接收 logits 的那个函"
    "数。",
)
def logits_as_probabilities(z, y):
    return F.binary_cross_entropy(z, y)


@wrong(
    "loss",
    "This is the sum over the examples; their mean is asked for, which is what reduction says if "
    "nothing else is written.",
    "这是对样本求和；要的是平均值，也就是 reduction 的默认值。",
)
def summed(z, y):
    return F.binary_cross_entropy_with_logits(z, y, reduction="sum")


@wrong(
    "loss",
    "The arguments have been exchanged: first what the model says, then what happened.",
    "两个参数写反了：先是模型的输出，后是实际的结果。",
)
def arguments_exchanged(z, y):
    return F.binary_cross_entropy_with_logits(y, z)
