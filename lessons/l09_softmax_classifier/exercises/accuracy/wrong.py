"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "accuracy",
    "This is how many are right; asked is which share of the n examples.",
    "这是答对的个数；要的是占 n 个样本的比例。",
)
def a_count(logits, y):
    return jnp.sum(jnp.argmax(logits, axis=1) == y)


@wrong(
    "accuracy",
    "axis=0 goes over the examples: it finds for each class the example it is largest in. Which "
    "axis are the classes?",
    "axis=0 是沿着样本：找到的是每个类别在哪个样本里最大。哪个轴是类别？",
)
def along_the_examples(logits, y):
    return jnp.mean(jnp.argmax(logits, axis=0) == y)


@wrong(
    "accuracy",
    "max is the largest logit itself; asked is where it stands, which is argmax.",
    "max 是最大的 logit 本身；要的是它在哪里，即 argmax。",
)
def the_largest_itself(logits, y):
    return jnp.mean(jnp.max(logits, axis=1).astype(y.dtype) == y)


@wrong(
    "accuracy",
    "This is whether each is right; the share is the mean over them.",
    "这是每个样本对不对；比例是对它们取平均。",
)
def one_an_example(logits, y):
    return jnp.argmax(logits, axis=1) == y


@wrong(
    "accuracy",
    "This is the share of the wrong ones.",
    "这是答错的比例。",
)
def the_error(logits, y):
    return jnp.mean(jnp.argmax(logits, axis=1) != y)
