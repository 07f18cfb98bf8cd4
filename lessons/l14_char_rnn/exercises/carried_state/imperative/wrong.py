"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong
from lessons.l14_char_rnn.exercises.carried_state.imperative.solution import read


@wrong(
    "gradient",
    "The state still hangs in the first piece's graph, which backward() has freed. Hand on its "
    "value without its graph.",
    "状态还连着第一段的计算图，而那张图在 backward() 之后已经释放。请只传它的值，不带计算图。",
)
def still_in_the_graph(w, x, y):
    h, w.grad = torch.zeros(()), None
    for piece, right in zip(x, y, strict=True):
        states = read(w, h, piece)
        ((states - right) ** 2).sum().backward()
        h = states[-1]
    return w.grad


@wrong(
    "gradient",
    "The second piece begins with 0 here, as if nothing had been read.",
    "这里第二段从 0 开始，好像之前什么也没读过。",
)
def begins_anew(w, x, y):
    w.grad = None
    for piece, right in zip(x, y, strict=True):
        ((read(w, torch.zeros(()), piece) - right) ** 2).sum().backward()
    return w.grad


@wrong(
    "gradient",
    "retain_graph=True silences the error, and the second piece's gradient then runs back through "
    "the first.",
    "retain_graph=True 只是让错误不再出现，第二段的梯度于是一直回传过了第一段。",
)
def graph_retained(w, x, y):
    h, w.grad = torch.zeros(()), None
    for piece, right in zip(x, y, strict=True):
        states = read(w, h, piece)
        ((states - right) ** 2).sum().backward(retain_graph=True)
        h = states[-1]
    return w.grad


@wrong(
    "gradient",
    "This hands on the state after the piece's first letter. The piece leaves its last state.",
    "这里传下去的是读完第一个字符时的状态。一段留下的应当是最后一个状态。",
)
def from_the_first_state(w, x, y):
    h, w.grad = torch.zeros(()), None
    for piece, right in zip(x, y, strict=True):
        states = read(w, h, piece)
        ((states - right) ** 2).sum().backward()
        h = states[0].detach()
    return w.grad
