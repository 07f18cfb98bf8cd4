"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong
from lessons.l18_transformer.exercises.accumulated_gradient.solution import loss


def slopes(w, x, y, parts):
    pairs = zip(x.reshape(parts, -1, len(w)), y.reshape(parts, -1), strict=True)
    return [jax.grad(loss)(w, *pair) for pair in pairs]


@wrong(
    "gradient",
    "The sum of the parts' gradients is too large: each of them is a mean already. What is the "
    "mean of equal parts' means?",
    "各份梯度之和太大了：每一份已经是平均值。几个等大的份的平均值，再怎样合成总的平均值？",
)
def summed(w, x, y, parts):
    return sum(slopes(w, x, y, parts))


@wrong(
    "gradient",
    "Only the last part is left: each one takes the place of the one before. Add.",
    "只剩下最后一份：每一份都顶替了前一份。请相加。",
)
def last_part_alone(w, x, y, parts):
    return slopes(w, x, y, parts)[-1]


@wrong(
    "gradient",
    "Divided by the number of rows, and each part was divided by its rows before.",
    "除以了行数，而每一份之前已经除过自己的行数。",
)
def divided_twice(w, x, y, parts):
    return sum(slopes(w, x, y, parts)) / len(x)


@wrong(
    "gradient",
    "The parts were stepped along one after the other: the second part's gradient is that of "
    "another w. All are to be taken at the same w.",
    "每算一份就走了一步：第二份的梯度是在另一个 w 处求的。所有份都应当在同一个 w 处求。",
)
def stepped_in_between(w, x, y, parts):
    total, at = jnp.zeros_like(w), w
    for pair in zip(x.reshape(parts, -1, len(w)), y.reshape(parts, -1), strict=True):
        slope = jax.grad(loss)(at, *pair)
        total, at = total + slope / parts, at - 0.1 * slope
    return total
