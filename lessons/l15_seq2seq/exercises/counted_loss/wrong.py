"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong
from lessons.l15_seq2seq.exercises.counted_loss.solution import mask


@wrong(
    "mask",
    "The letters count, but no 0 does: at which place could the net learn to stop?",
    "字母都计入了，却没有一个 0：网络在哪里学会停下？",
)
def letters_alone(y):
    return y > 0


@wrong(
    "mask",
    "Before the first place there is no letter, but it counts: every answer begins there.",
    "第一个位置之前没有字母，但它要计入：每个答案都从那里开始。",
)
def without_the_first(y):
    return jnp.pad(y[:, :-1] > 0, ((0, 0), (1, 0)), constant_values=False)


@wrong(
    "mask",
    "Here the padding counts, too. Only the first 0 is part of the answer.",
    "这样填充也计入了。只有第一个 0 属于答案。",
)
def everything(y):
    return jnp.ones_like(y, bool)


@wrong(
    "loss",
    "What does not count is 0 now, but it is still divided by: a mean over the whole rectangle.",
    "不计入的变成了 0，可是除的时候还算上它们：这是对整个矩形取平均。",
)
def divided_by_the_rectangle(each, y):
    return jnp.mean(jnp.where(mask(y), each, 0.0))


@wrong(
    "loss",
    "A mean for each answer, and then the mean of these: a letter of a short answer weighs more "
    "than one of a long answer.",
    "先对每个答案取平均，再对这些平均值取平均：短答案里的一个字母比长答案里的重。",
)
def mean_of_means(each, y):
    return jnp.mean(jnp.mean(each, axis=1, where=mask(y)))


@wrong(
    "loss",
    "The right places, but their sum.",
    "位置选对了，但这是它们的和。",
)
def summed(each, y):
    return jnp.sum(each, where=mask(y))
