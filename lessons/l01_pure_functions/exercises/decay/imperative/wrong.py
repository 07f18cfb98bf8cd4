"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong


@wrong(
    "decay",
    "parameter = ... gives the name to a new tensor, and the model keeps the old one. Change the "
    "tensor itself: parameter.mul_(...) or parameter *= ...",
    "parameter = ... 只是把这个名字给了一个新张量，模型里的还是旧的。要改张量本身："
    "parameter.mul_(...) 或 parameter *= ...",
)
def another_tensor(model, rate):
    with torch.no_grad():
        for parameter in model.parameters():
            parameter = (1 - rate) * parameter


@wrong(
    "decay",
    "A parameter that is to be differentiated may be changed in place only where nothing is "
    "recorded: under torch.no_grad().",
    "需要求导的参数，只有在不记录运算的地方才能就地改动：放在 torch.no_grad() 里。",
)
def recorded(model, rate):
    for parameter in model.parameters():
        parameter.mul_(1 - rate)


@wrong(
    "decay",
    "This leaves of each number the part that it should lose: (1 - rate) times itself is right.",
    "这样留下的恰好是应当减少的部分；应当是自己的 (1 - rate) 倍。",
)
def what_is_lost(model, rate):
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(rate)


@wrong(
    "decay",
    "The biases are parameters, too; model.parameters() gives all of them.",
    "偏置也是参数；model.parameters() 会给出全部参数。",
)
def weights_only(model, rate):
    with torch.no_grad():
        for layer in model:
            layer.weight.mul_(1 - rate)
