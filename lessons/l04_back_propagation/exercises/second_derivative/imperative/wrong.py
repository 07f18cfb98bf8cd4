"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong
from lessons.l04_back_propagation.exercises.second_derivative.imperative.solution import loss


@wrong(
    "curvature",
    "The slope has no graph, so it cannot be differentiated: create_graph=True in the first call.",
    "斜率没有计算图，所以不能再求导：第一次调用时要写 create_graph=True。",
)
def without_a_graph(w, x, y):
    (slope,) = torch.autograd.grad(loss(w, x, y), w)
    (second,) = torch.autograd.grad(slope, w)
    return second


@wrong(
    "curvature",
    "This is the slope a second time; the second call is to differentiate the slope, not the loss.",
    "这是又求了一遍斜率；第二次调用要对斜率求导，而不是对损失。",
)
def the_slope_again(w, x, y):
    (second,) = torch.autograd.grad(loss(w, x, y), w)
    return second


@wrong(
    "curvature",
    "The square of the slope is not the slope of the slope.",
    "斜率的平方并不是斜率的斜率。",
)
def the_slope_squared(w, x, y):
    (slope,) = torch.autograd.grad(loss(w, x, y), w)
    return slope**2


@wrong(
    "curvature",
    "backward() adds to w.grad, and the first derivative is in it already: the sum of both comes "
    "out. torch.autograd.grad returns each by itself.",
    "backward() 会累加到 w.grad 上，里面已经有一阶导数：得到的是两者之和。torch.autograd.grad 则分"
    "别返回。",
)
def added_up(w, x, y):
    first = torch.autograd.grad(loss(w, x, y), w, create_graph=True)[0]
    second = torch.autograd.grad(first, w)[0]
    return first.detach() + second
