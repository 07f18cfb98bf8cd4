"""Typical wrong answers."""

from jaxdl.course.exercises import wrong
from lessons.l05_linear_regression.exercises.mean_gradient.imperative.solution import loss


@wrong(
    "loss",
    "Add up the squares and divide by how many there are: .mean() where this has .sum().",
    "把平方加起来，再除以样本数：这里的 .sum() 应当是 .mean()。",
)
def summed(w, b, x, y):
    return ((w * x + b - y) ** 2).sum()


@wrong(
    "gradient",
    "backward() adds to .grad: what the call before left there is still in it. Set it to None.",
    "backward() 会累加到 .grad 上：上一次调用留下的值还在里面。请先把它设为 None。",
)
def not_cleared(w, b, x, y):
    loss(w, b, x, y).backward()
    return w.grad, b.grad


@wrong(
    "gradient",
    "backward() returns None; it leaves the gradients in w.grad and b.grad.",
    "backward() 返回 None；梯度留在 w.grad 和 b.grad 里。",
)
def what_backward_returns(w, b, x, y):
    w.grad = b.grad = None
    return loss(w, b, x, y).backward()
