"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong


@wrong(
    "dropout",
    "What is kept here is a share of rate. It is the share that is to go.",
    "这里留下的占 rate；rate 应当是丢弃的比例。",
)
def kept_with_the_rate(generator, x, rate):
    keep = torch.rand(x.shape, generator=generator) < rate
    return torch.where(keep, x / (1 - rate), 0.0)


@wrong(
    "dropout",
    "The right ones are kept, but as they are: the mean becomes smaller, and evaluation, where "
    "nothing is dropped, sees larger numbers than training.",
    "留下的是对的，但没有放大：平均值变小，评估时什么也不丢，看到的数就比训练时大。",
)
def not_scaled(generator, x, rate):
    keep = torch.rand(x.shape, generator=generator) < 1 - rate
    return torch.where(keep, x, 0.0)


@wrong(
    "dropout",
    "One mask for all rows: every example loses the same units. Draw in the shape of x.",
    "所有行共用一个掩码：每个样本丢的是同样的单元。请按 x 的形状来抽。",
)
def one_mask_for_all(generator, x, rate):
    keep = torch.rand(x.shape[1:], generator=generator) < 1 - rate
    return torch.where(keep, x / (1 - rate), 0.0)


@wrong(
    "dropout",
    "F.dropout draws from the generator of the process, and not from the one that was given.",
    "F.dropout 用的是进程的生成器，不是传进来的那个。",
)
def of_the_process(generator, x, rate):
    torch.manual_seed(generator.initial_seed() + 1)
    return torch.nn.functional.dropout(x, rate)
