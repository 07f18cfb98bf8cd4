"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong
from lessons.l12_basic_rnn.exercises.recurrence.imperative.solution import run


@wrong(
    "run",
    "h.copy_ writes into one and the same tensor: in the end all entries of the list are the last "
    "state.",
    "h.copy_ 总是写进同一个张量：最后列表里的每一项都是最后的状态。",
)
def one_tensor_for_all(x, w, u, b):
    h, states = torch.zeros(x.shape[1], len(b)), []
    for x_t in x:
        h.copy_(torch.tanh(x_t @ w + h @ u + b))
        states.append(h)
    return torch.stack(states)


@wrong(
    "run",
    "The state is not handed on: every step begins with zeros again.",
    "状态没有传下去：每一步又从零开始了。",
)
def nothing_remembered(x, w, u, b):
    return torch.stack([torch.tanh(x_t @ w + b) for x_t in x])


@wrong(
    "run",
    "cat puts the states one below the other on the axis of the batch; stack makes an axis for "
    "the steps.",
    "cat 把各个状态沿 batch 轴接在一起；stack 才会为时间步新开一个轴。",
)
def cat_for_stack(x, w, u, b):
    return torch.cat(list(run(x, w, u, b)))


@wrong(
    "run",
    "Only the last state is returned; asked are those after every step.",
    "只返回了最后一个状态；要的是每一步之后的。",
)
def the_last_alone(x, w, u, b):
    return run(x, w, u, b)[-1]


@wrong(
    "run",
    "The loop goes along the batch here, as it would if x had the batch first.",
    "这里的循环是沿着 batch 走的，好像 x 是 batch 在前。",
)
def along_the_batch(x, w, u, b):
    return run(x.transpose(0, 1), w, u, b).transpose(0, 1)
