"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong


def normalised(x, unbiased=False):
    return (x - x.mean(dim=0)) / (x.var(dim=0, unbiased=unbiased) + 1e-5).sqrt()


@wrong(
    "normalise",
    "x.var(dim=0) divides by n - 1 unless told unbiased=False. The normalisation divides by n.",
    "不写 unbiased=False 时，x.var(dim=0) 除以 n - 1。归一化用的是除以 n 的。",
)
def unbiased_used(mean, var, x):
    with torch.no_grad():
        mean.copy_(0.9 * mean + 0.1 * x.mean(dim=0))
        var.copy_(0.9 * var + 0.1 * x.var(dim=0))
    return normalised(x, unbiased=True)


@wrong(
    "normalise",
    "This gives new tensors a name inside the function. The buffers outside stay as they were: "
    "change them in place.",
    "这只是在函数里给新张量起了名字，外面的缓冲区没有变：请就地修改。",
)
def new_names(mean, var, x):
    mean = 0.9 * mean + 0.1 * x.mean(dim=0)
    var = 0.9 * var + 0.1 * x.var(dim=0)
    return normalised(x)


@wrong(
    "normalise",
    "Without no_grad the buffers become part of x's graph: they keep every batch alive, and "
    "gradients flow into them.",
    "没有 no_grad，缓冲区就成了 x 的计算图的一部分：每一批都被留在内存里，梯度也会流进去。",
)
def without_no_grad(mean, var, x):
    mean.mul_(0.9).add_(0.1 * x.mean(dim=0))
    var.mul_(0.9).add_(0.1 * x.var(dim=0))
    return normalised(x)


@wrong(
    "normalise",
    "The averages go nine tenths of the way. momentum=0.1 in PyTorch is the share of the new.",
    "平均值走了十分之九。PyTorch 的 momentum=0.1 是新值所占的比例。",
)
def shares_exchanged(mean, var, x):
    with torch.no_grad():
        mean.copy_(0.1 * mean + 0.9 * x.mean(dim=0))
        var.copy_(0.1 * var + 0.9 * x.var(dim=0))
    return normalised(x)
