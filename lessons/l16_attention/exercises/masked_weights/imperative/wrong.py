"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong


@wrong(
    "weights",
    "masked_fill fills where the mask is True: this strikes the letters out and keeps the padding.",
    "masked_fill 在掩码为 True 的地方填：这里去掉的是字母，留下的是填充。",
)
def the_other_way_round(scores, x):
    lowest = torch.finfo(scores.dtype).min
    return scores.masked_fill((x > 0).unsqueeze(1), lowest).softmax(dim=-1)


@wrong(
    "weights",
    "Where all is padding, -inf gives 0 / 0. Take the lowest finite number.",
    "一行全是填充时，-inf 得到 0 / 0。请用最小的有限数。",
)
def minus_infinity(scores, x):
    return scores.masked_fill((x == 0).unsqueeze(1), -torch.inf).softmax(dim=-1)


@wrong(
    "weights",
    "Struck out after the softmax: the padding has had its share of the 1 by then, and the rest "
    "sums to less.",
    "在 softmax 之后才去掉：填充已经分走了一份，剩下的加起来不到 1。",
)
def after_the_softmax(scores, x):
    return scores.softmax(dim=-1).masked_fill((x == 0).unsqueeze(1), 0.0)


@wrong(
    "weights",
    "The mask (n, width) has no axis for the letters written; it needs one of size 1 in the "
    "middle, so that it holds for all of them.",
    "掩码 (n, width) 没有“要写的字母”这个轴；中间要加一个大小为 1 的轴，让它对所有字母都适用。",
)
def without_an_axis(scores, x):
    return scores.masked_fill(x == 0, torch.finfo(scores.dtype).min).softmax(dim=-1)
