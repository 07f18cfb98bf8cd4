"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong
from lessons.l03_gradient_descent.exercises.gradient_step.solution import loss


@wrong(
    "step",
    "This goes uphill: where the slope is positive, a smaller w is better. Subtract.",
    "这是在往上坡走：斜率为正时，w 小一点更好。应当减去。",
)
def uphill(w, x, y, learning_rate):
    value, slope = jax.value_and_grad(loss)(w, x, y)
    return w + learning_rate * slope, value


@wrong(
    "step",
    "The whole slope is too far; multiply it by the learning rate.",
    "走整个斜率那么远太远了；要先乘以学习率。",
)
def without_the_rate(w, x, y, learning_rate):
    value, slope = jax.value_and_grad(loss)(w, x, y)
    return w - slope, value


@wrong(
    "step",
    "The new w is right, but this is the loss after the step; the one before it is asked for, and "
    "value_and_grad has it already.",
    "新的 w 是对的，但这是走完之后的损失；要的是走之前的，value_and_grad 已经给出了。",
)
def the_loss_after(w, x, y, learning_rate):
    new = w - learning_rate * jax.grad(loss)(w, x, y)
    return new, loss(new, x, y)


@wrong(
    "step",
    "This moves w by the loss. value_and_grad gives the loss first and the slope second.",
    "这里是按损失来移动 w。value_and_grad 先给出损失，再给出斜率。",
)
def by_the_loss(w, x, y, learning_rate):
    slope, value = jax.value_and_grad(loss)(w, x, y)
    return w - learning_rate * slope, value


@wrong(
    "step",
    "The step forgets where it stands: the new w is the old one minus something.",
    "这一步忘了自己站在哪里：新的 w 是旧的 w 减去一个量。",
)
def from_zero(w, x, y, learning_rate):
    value, slope = jax.value_and_grad(loss)(w, x, y)
    return -learning_rate * slope, value
