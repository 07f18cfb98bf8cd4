"""Typical wrong answers."""

import torch
from torch.nn import BCEWithLogitsLoss

from jaxdl.course.exercises import wrong


@wrong(
    "loss",
    "The shapes are (n, 1) and (n,). Give one of them the shape of the other.",
    "两者的形状是 (n, 1) 和 (n,)。请把其中一个变成另一个的形状。",
)
def as_they_are(z, y):
    return BCEWithLogitsLoss()(z, y)


@wrong(
    "loss",
    "Now both are (n, n): every label has met every logit. Do not expand; give y a second axis.",
    "这样两者都成了 (n, n)：每个标签和每个 logit 都配了对。不要 expand，给 y 加一个轴就行。",
)
def expanded(z, y):
    return BCEWithLogitsLoss()(z.expand(-1, len(y)), y.expand(len(y), -1))


@wrong(
    "loss",
    "The logits come first, the labels second.",
    "logits 在前，标签在后。",
)
def the_wrong_way_round(z, y):
    return BCEWithLogitsLoss()(y[:, None], z)


@wrong(
    "loss",
    "The sigmoid is in this loss already: it takes the logits themselves, and a probability would "
    "be taken for a logit.",
    "这个损失里已经有 sigmoid：要给它 logits 本身；给它概率，会被当成 logit。",
)
def of_probabilities(z, y):
    return BCEWithLogitsLoss()(torch.sigmoid(z), y[:, None])


@wrong(
    "loss",
    "Asked is the mean over the examples, which is what BCEWithLogitsLoss takes if told nothing "
    "else.",
    "要的是对样本取平均；不另外指定的话，BCEWithLogitsLoss 就取平均。",
)
def summed(z, y):
    return BCEWithLogitsLoss(reduction="sum")(z, y[:, None])
