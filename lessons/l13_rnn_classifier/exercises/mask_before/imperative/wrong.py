"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong


@wrong(
    "value",
    "The mask is over the result still. On the way back its 0 meets the infinite slope of 1 / x "
    "at x = 0: change x before it is divided by.",
    "掩码仍然加在结果上。回传时它的 0 碰上 1 / x 在 x = 0 处无穷大的斜率：请在做除法之前先改 x。",
)
def masked_result(x, real):
    return torch.where(real, 1 / x, 0.0).sum()


@wrong(
    "value",
    "1 / 0 is infinite, and infinity · 0 is NaN, already on the way there.",
    "1 / 0 是无穷，无穷 · 0 是 NaN，正向计算时就已经如此。",
)
def times_the_mask(x, real):
    return (1 / x * real).sum()


@wrong(
    "value",
    "The padding's harmless number is added, too. A mask before the division, and one after it.",
    "填充处那个无害的数也被加进来了。除法之前要有掩码，之后也要有。",
)
def masked_input(x, real):
    return (1 / torch.where(real, x, 1.0)).sum()


@wrong(
    "value",
    "detach() cuts the way back off: backward() finds nothing that it could give a gradient to.",
    "detach() 切断了回传的路：backward() 找不到可以求梯度的东西。",
)
def detached(x, real):
    return torch.where(real, 1 / x, 0.0).sum().detach()
