"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong


@wrong(
    "slopes",
    "The way to w1 leads through the sigmoid, and its derivative is a factor like the others: "
    "s·(1 - s).",
    "通向 w1 的路要经过 sigmoid，它的导数和别的导数一样，也是一个因子：s·(1 - s)。",
)
def without_the_activation(w1, w2, x, y):
    s = jax.nn.sigmoid(w1 * x)
    back = 2 * (w2 * s - y)
    return back * w2 * x, back * s


@wrong(
    "slopes",
    "On the way to w1 lies ŷ = w2·s, whose derivative by s is w2.",
    "通向 w1 的路上有 ŷ = w2·s，它对 s 的导数是 w2。",
)
def without_w2(w1, w2, x, y):
    s = jax.nn.sigmoid(w1 * x)
    back = 2 * (w2 * s - y)
    return back * s * (1 - s) * x, back * s


@wrong(
    "slopes",
    "The last link to w1 is w1·x, whose derivative by w1 is x.",
    "通向 w1 的最后一环是 w1·x，它对 w1 的导数是 x。",
)
def without_x(w1, w2, x, y):
    s = jax.nn.sigmoid(w1 * x)
    back = 2 * (w2 * s - y)
    return back * w2 * s * (1 - s), back * s


@wrong(
    "slopes",
    "The outer derivative of (ŷ - y)² is 2·(ŷ - y).",
    "(ŷ - y)² 的外层导数是 2·(ŷ - y)。",
)
def without_the_two(w1, w2, x, y):
    s = jax.nn.sigmoid(w1 * x)
    back = w2 * s - y
    return back * w2 * s * (1 - s) * x, back * s


@wrong(
    "slopes",
    "What comes into the second layer is s, not x: ŷ = w2·s has the derivative s by w2.",
    "进入第二层的是 s，不是 x：ŷ = w2·s 对 w2 的导数是 s。",
)
def x_for_both(w1, w2, x, y):
    s = jax.nn.sigmoid(w1 * x)
    back = 2 * (w2 * s - y)
    return back * w2 * s * (1 - s) * x, back * x
