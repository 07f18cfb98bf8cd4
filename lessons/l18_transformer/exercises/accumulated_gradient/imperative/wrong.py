"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong
from lessons.l18_transformer.exercises.accumulated_gradient.imperative.solution import loss


@wrong(
    "gradient",
    "backward() adds the parts' gradients up, and each of them is a mean already: the sum is "
    "`parts` times too large. Let each loss be a share.",
    "backward() 把各份的梯度加起来，而每一份已经是平均值：和就大了 parts 倍。让每份的损失只占一"
    "份。",
)
def summed(w, x, y, parts):
    w.grad = None
    for pair in zip(x.chunk(parts), y.chunk(parts), strict=True):
        loss(w, *pair).backward()
    return w.grad


@wrong(
    "gradient",
    "The gradient is cleared for every part; only the last one is left. Clear it once, before the "
    "first.",
    "每一份之前都清零，只剩下最后一份。只在第一份之前清一次。",
)
def cleared_each_time(w, x, y, parts):
    for pair in zip(x.chunk(parts), y.chunk(parts), strict=True):
        w.grad = None
        (loss(w, *pair) / parts).backward()
    return w.grad


@wrong(
    "gradient",
    "What the batch before left in w.grad is still there: clear it before the first part.",
    "上一批留在 w.grad 里的还在：第一份之前要清零。",
)
def never_cleared(w, x, y, parts):
    for pair in zip(x.chunk(parts), y.chunk(parts), strict=True):
        (loss(w, *pair) / parts).backward()
    return w.grad


@wrong(
    "gradient",
    "The parts' losses are cut off from their graphs by item(): there is nothing left for "
    "backward().",
    "item() 把各份的损失与计算图切断了：backward() 无从算起。",
)
def of_plain_numbers(w, x, y, parts):
    w.grad = None
    pairs = zip(x.chunk(parts), y.chunk(parts), strict=True)
    torch.tensor(sum(loss(w, *pair).item() / parts for pair in pairs)).backward()
    return w.grad
