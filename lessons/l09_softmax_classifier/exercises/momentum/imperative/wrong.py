"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong


@wrong(
    "step",
    "v = … and w = … give the names inside step new tensors; the caller's stay as they were.",
    "v = … 和 w = … 只是让函数里的名字指向新的张量；调用者手里的还是原来的。",
)
@torch.no_grad()
def renamed(w, v, learning_rate, momentum):
    v = momentum * v + w.grad
    w = w - learning_rate * v


@wrong(
    "step",
    "A leaf that requires a gradient may not be changed in place while the graph is recorded: "
    "torch.no_grad().",
    "需要梯度的叶子张量，在记录计算图时不能就地修改：用 torch.no_grad()。",
)
def recorded(w, v, learning_rate, momentum):
    v.copy_(momentum * v + w.grad)
    w.sub_(learning_rate * v)


@wrong(
    "step",
    "The velocity itself has to change, too: the next step needs it.",
    "速度本身也要改：下一步要用它。",
)
@torch.no_grad()
def velocity_not_kept(w, v, learning_rate, momentum):
    w.copy_(w - learning_rate * (momentum * v + w.grad))


@wrong(
    "step",
    "w moves along the new velocity; this used the old one.",
    "w 要沿新的速度移动；这里用的是旧速度。",
)
@torch.no_grad()
def along_the_old_velocity(w, v, learning_rate, momentum):
    w.copy_(w - learning_rate * v)
    v.copy_(momentum * v + w.grad)


@wrong(
    "step",
    "The gradient is added in full. A share 1 - momentum of it would be an average, which is "
    "another rule.",
    "梯度是完整地加进去的。只取 1 - momentum 的份额就成了加权平均，那是另一条规则。",
)
@torch.no_grad()
def an_average(w, v, learning_rate, momentum):
    v.copy_(momentum * v + (1 - momentum) * w.grad)
    w.copy_(w - learning_rate * v)
