"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong
from lessons.l10_basic_cnn.exercises.pool_gradient.solution import gradient, grow


@wrong(
    "gradient",
    "That is the way back through a mean. If a pixel that is not the largest moves a little, does "
    "the maximum move?",
    "这是平均池化的反向。一个不是最大的像素稍微变一点，最大值会变吗？",
)
def shared(x, pooled, arriving):
    return grow(arriving) / 4


@wrong(
    "gradient",
    "All four pixels of a window have got it; only one of them was the maximum.",
    "窗口里的四个像素都得到了梯度；其中只有一个是最大值。",
)
def for_all_four(x, pooled, arriving):
    return grow(arriving)


@wrong(
    "gradient",
    "This says which pixels get a gradient. How much each gets is what arrives at its window.",
    "这只说明哪些像素有梯度。各自得到多少，要看传到它那个窗口的是多少。",
)
def ones(x, pooled, arriving):
    return jnp.where(x == grow(pooled), 1.0, 0.0)


@wrong(
    "gradient",
    "Each window has a largest pixel of its own; the largest of the whole picture is only one of "
    "them.",
    "每个窗口都有自己的最大像素；整幅图的最大值只是其中之一。",
)
def of_the_whole_picture(x, pooled, arriving):
    return jnp.where(x == jnp.max(x), grow(arriving), 0)


@wrong(
    "gradient",
    "The derivative of a maximum by its largest is 1: nothing is to be multiplied by the pixel "
    "itself.",
    "最大值对其中最大者的导数是 1：不要再乘以像素本身。",
)
def times_the_pixel(x, pooled, arriving):
    return x * gradient(x, pooled, arriving)
