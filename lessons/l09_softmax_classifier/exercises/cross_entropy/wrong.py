"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong
from lessons.l09_softmax_classifier.exercises.cross_entropy.solution import loss


@wrong(
    "loss",
    "The classes are the last axis; this makes the examples compete with each other.",
    "类别是最后一个轴；这样写是让各个样本相互竞争。",
)
def along_the_examples(logits, y):
    return -jnp.mean(jax.nn.log_softmax(logits, axis=0)[jnp.arange(len(y)), y])


@wrong(
    "loss",
    "Two softmaxes, one inside the other: log_softmax wants the logits as they are.",
    "套了两层 softmax：log_softmax 要的是原来的 logits。",
)
def softmax_twice(logits, y):
    return loss(jax.nn.softmax(logits), y)


@wrong(
    "loss",
    "A probability that underflows is 0, and its logarithm minus infinity. log_softmax never "
    "makes that small number.",
    "下溢的概率等于 0，对数就是负无穷。log_softmax 根本不会去算那个很小的数。",
)
def logarithm_of_softmax(logits, y):
    return -jnp.mean(jnp.log(jax.nn.softmax(logits))[jnp.arange(len(y)), y])


@wrong(
    "loss",
    "log_p[:, y] takes all labels' columns of every row, (n, n). Each row shall give one number, "
    "at its own label.",
    "log_p[:, y] 在每一行都取了所有标签的列，成了 (n, n)。每一行只应取自己标签处的一个数。",
)
def a_table(logits, y):
    return -jnp.mean(jax.nn.log_softmax(logits)[:, y])


@wrong(
    "loss",
    "Asked is the mean over the examples; this is their sum.",
    "要的是对样本取平均；这是它们的和。",
)
def summed(logits, y):
    return len(y) * loss(logits, y)


@wrong(
    "loss",
    "The mean runs over all classes; only the entry of the example's own class counts.",
    "这是对所有类别取的平均；只有样本自己的类别那一项才算。",
)
def all_classes(logits, y):
    return -jnp.mean(jax.nn.log_softmax(logits))
