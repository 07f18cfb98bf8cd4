"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong
from lessons.l04_back_propagation.exercises.second_derivative.solution import loss


@wrong(
    "curvature",
    "This is the slope. Differentiate it once more: jax.grad of jax.grad(loss).",
    "这是斜率。再求一次导：对 jax.grad(loss) 再用 jax.grad。",
)
def the_slope(w, x, y):
    return jax.grad(loss)(w, x, y)


@wrong(
    "curvature",
    "The square of the slope is not the slope of the slope.",
    "斜率的平方并不是斜率的斜率。",
)
def the_slope_squared(w, x, y):
    return jax.grad(loss)(w, x, y) ** 2


@wrong(
    "curvature",
    "jax.grad takes a function; jax.grad(loss)(w, x, y) is a number already. First both grads, "
    "then the arguments.",
    "jax.grad 接收函数，而 jax.grad(loss)(w, x, y) 已经是一个数。先写两个 grad，再给参数。",
)
def of_a_number(w, x, y):
    return jax.grad(jax.grad(loss)(w, x, y))(w, x, y)


@wrong(
    "curvature",
    "One of the two derivatives is by x here; both are to be by w, the first argument.",
    "这里有一次是对 x 求的导；两次都应当对 w，也就是第一个参数。",
)
def by_x_and_w(w, x, y):
    return jax.grad(jax.grad(loss), argnums=1)(w, x, y)
