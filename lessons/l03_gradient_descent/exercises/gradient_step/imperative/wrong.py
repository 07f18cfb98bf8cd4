"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong
from lessons.l03_gradient_descent.exercises.gradient_step.imperative.solution import slope


@wrong(
    "step",
    "w = w - ... makes a new tensor and gives it the name w inside of the function; the caller's "
    "w has not moved. Write into it: w -= ...",
    "w = w - ... 造出一个新张量，只在函数内部叫作 w；调用者的 w 没有动。要写进原来的张量：w -= ...",
)
def a_new_tensor(w, x, y, learning_rate):
    with torch.no_grad():
        w = w - learning_rate * slope(w, x, y)


@wrong(
    "step",
    "PyTorch is recording here, and does not let a tensor be changed in place whose gradient it "
    "will be asked for. The line belongs under torch.no_grad().",
    "这里 PyTorch 正在记录运算，需要求梯度的张量不允许就地改动。这一行要放在 torch.no_grad() 里。",
)
def recorded(w, x, y, learning_rate):
    w -= learning_rate * slope(w, x, y)


@wrong(
    "step",
    "This goes uphill: where the slope is positive, a smaller w is better. -= where this has +=.",
    "这是在往上坡走：斜率为正时，w 小一点更好。这里的 += 应当是 -=。",
)
def uphill(w, x, y, learning_rate):
    with torch.no_grad():
        w += learning_rate * slope(w, x, y)


@wrong(
    "step",
    "The whole slope is too far; multiply it by the learning rate.",
    "走整个斜率那么远太远了；要先乘以学习率。",
)
def without_the_rate(w, x, y, learning_rate):
    with torch.no_grad():
        w -= slope(w, x, y)
