"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong


def entropy(shares, logits):
    return -jnp.mean(jnp.sum(shares * jax.nn.log_softmax(logits), axis=1))


@wrong(
    "loss",
    "The shares add up to more than 1: what all classes get has to be taken from the label's own.",
    "份额加起来超过了 1：分给所有类别的那部分，要从标签自己的份额里拿。",
)
def more_than_one(logits, y, s):
    classes = logits.shape[1]
    return entropy(jax.nn.one_hot(y, classes) + s / classes, logits)


@wrong(
    "loss",
    "Here s goes to the other classes alone. PyTorch gives it to all, the own one among them.",
    "这里 s 只分给了其他类别。PyTorch 是分给所有类别，包括自己的类别。",
)
def the_others_alone(logits, y, s):
    classes = logits.shape[1]
    own = jax.nn.one_hot(y, classes)
    return entropy((1 - s) * own + s / (classes - 1) * (1 - own), logits)


@wrong(
    "loss",
    "s and 1 - s have changed places: s is the small share, that of all classes.",
    "s 和 1 - s 写反了：s 是较小的那份，归所有类别。",
)
def changed_places(logits, y, s):
    classes = logits.shape[1]
    return entropy(s * jax.nn.one_hot(y, classes) + (1 - s) / classes, logits)


@wrong(
    "loss",
    "jnp.mean over everything divides by the number of classes, too: sum over the classes first.",
    "对全部元素取 jnp.mean 会多除以类别数：先沿类别求和。",
)
def mean_over_classes(logits, y, s):
    classes = logits.shape[1]
    shares = (1 - s) * jax.nn.one_hot(y, classes) + s / classes
    return -jnp.mean(shares * jax.nn.log_softmax(logits))
