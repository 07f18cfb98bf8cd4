"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong


@wrong(
    "step",
    "The first step is right, the second is not: backward() adds to .grad, and the first step's "
    "gradient is still in it. Clear it after the update: w.grad.zero_().",
    "第一步是对的，第二步不对：backward() 会累加到 .grad 上，第一步的梯度还在里面。更新之后要清"
    "零：w.grad.zero_()。",
)
def not_cleared(w1, w2, x, y, learning_rate):
    loss = (w2 * torch.sigmoid(w1 * x) - y) ** 2
    loss.backward()
    for w in (w1, w2):
        with torch.no_grad():
            w -= learning_rate * w.grad


@wrong(
    "step",
    "Nothing moves. Either the gradient was set to zero before the update had read it (first the "
    "update, then zero_()), or the update made a new tensor, w = w - ..., where w -= ... writes "
    "into the parameter.",
    "什么都没有动。或者更新还没用到梯度，它就被清零了（要先更新，再 zero_()）；或者更新造出了一个"
    "新张量，w = w - ...，而 w -= ... 才会写进参数。",
)
def cleared_too_early(w1, w2, x, y, learning_rate):
    loss = (w2 * torch.sigmoid(w1 * x) - y) ** 2
    loss.backward()
    for w in (w1, w2):
        w.grad.zero_()
        with torch.no_grad():
            w -= learning_rate * w.grad


@wrong(
    "step",
    "At the first step .grad is still None: the update reads what backward() writes, so "
    "backward() comes before it.",
    "第一步时 .grad 还是 None：更新要用 backward() 写下的梯度，所以 backward() 要放在前面。",
)
def update_first(w1, w2, x, y, learning_rate):
    loss = (w2 * torch.sigmoid(w1 * x) - y) ** 2
    for w in (w1, w2):
        with torch.no_grad():
            w -= learning_rate * w.grad
    loss.backward()


@wrong(
    "step",
    "w = w - ... makes a new tensor, which has no .grad, and the parameter itself stays where it "
    "was. Write into it: w -= ...",
    "w = w - ... 造出一个新张量，它没有 .grad，而参数本身没有动。要写进去：w -= ...",
)
def a_new_tensor(w1, w2, x, y, learning_rate):
    loss = (w2 * torch.sigmoid(w1 * x) - y) ** 2
    loss.backward()
    for w in (w1, w2):
        with torch.no_grad():
            w = w - learning_rate * w.grad
        w.grad.zero_()


@wrong(
    "step",
    "Here PyTorch records what is done to a parameter, and does not let it be changed in place: "
    "the update belongs under torch.no_grad(). If backward() was called twice, remember that it "
    "frees the graph.",
    "这里 PyTorch 正在记录对参数的运算，不允许就地改动：更新要放在 torch.no_grad() 里。如果是 "
    "backward() 调用了两次，请注意第一次之后图就释放了。",
)
def recorded(w1, w2, x, y, learning_rate):
    loss = (w2 * torch.sigmoid(w1 * x) - y) ** 2
    loss.backward()
    for w in (w1, w2):
        w -= learning_rate * w.grad
