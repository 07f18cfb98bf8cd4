"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong
from lessons.l12_basic_rnn.exercises.cut_the_gradient.imperative.solution import run


@wrong(
    "loss",
    "The value is right, the gradient still goes back through the first piece. h.detach() returns "
    "a new tensor; it must be used.",
    "数值是对的，但梯度仍然穿过了第一段。h.detach() 返回新的张量；要用它的返回值。",
)
def detached_and_dropped(w, first, second):
    h = run(w, first, torch.zeros(()))
    h.detach()
    return run(w, second, h) ** 2


@wrong(
    "loss",
    "Without any graph there is nothing to call backward on: only the first piece may be without "
    "one.",
    "完全没有计算图，就无法调用 backward：只有第一段可以没有。",
)
@torch.no_grad()
def no_graph_at_all(w, first, second):
    return run(w, second, run(w, first, torch.zeros(()))) ** 2


@wrong(
    "loss",
    "The second piece begins with zero: what the first one has read is forgotten.",
    "第二段又从零开始：第一段读到的都忘了。",
)
def begun_anew(w, first, second):
    return run(w, second, torch.zeros(())) ** 2


@wrong(
    "loss",
    "The cut belongs to the state: w must keep its graph in the second piece.",
    "要切断的是状态：在第二段里，w 必须保留计算图。",
)
def w_detached(w, first, second):
    return run(w.detach(), second, run(w, first, torch.zeros(()))) ** 2
