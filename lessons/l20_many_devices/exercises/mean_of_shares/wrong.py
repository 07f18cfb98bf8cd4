"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong
from lessons.l20_many_devices.exercises.mean_of_shares.solution import loss


def slopes(w, xs, ys):
    return [jax.grad(loss)(w, x, y) for x, y in zip(xs, ys, strict=True)]


@wrong(
    "gradient",
    "The mean of the means: an example of a small share counts for more than one of a large "
    "share. Weigh each share by its rows.",
    "这是平均值的平均值：小份里的一个样本比大份里的重。请按行数给每一份加权。",
)
def mean_of_means(w, xs, ys):
    return sum(slopes(w, xs, ys)) / len(xs)


@wrong(
    "gradient",
    "The sum of the means grows with the number of devices: a sum where a mean is meant, as with "
    "psum for pmean.",
    "平均值之和会随设备数增大：该求平均的地方求了和，好比把 pmean 写成 psum。",
)
def sum_of_means(w, xs, ys):
    return sum(slopes(w, xs, ys))


@wrong(
    "gradient",
    "Each mean times its rows is the sum over its rows. It is still to be divided by the number "
    "of all rows.",
    "平均值乘以行数是各行之和。还要除以总行数。",
)
def not_divided(w, xs, ys):
    return sum(len(x) * slope for x, slope in zip(xs, slopes(w, xs, ys), strict=True))


@wrong(
    "gradient",
    "Divided by the rows a second time: each device's gradient is a mean already.",
    "又除了一次行数：每个设备的梯度已经是平均值了。",
)
def divided_twice(w, xs, ys):
    return sum(slopes(w, xs, ys)) / sum(map(len, xs))
