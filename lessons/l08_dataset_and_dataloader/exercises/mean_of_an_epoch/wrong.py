"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "epoch_loss",
    "The mean of the means gives an example of the small batch more weight than the others. Weigh "
    "by sizes.",
    "对平均值再取平均，小批量里的样本所占权重就偏大。请按 sizes 加权。",
)
def mean_of_means(losses, sizes):
    return jnp.mean(losses)


@wrong(
    "epoch_loss",
    "This is the sum over all examples; divide by how many there are.",
    "这是所有样本的和；还要除以样本总数。",
)
def summed(losses, sizes):
    return jnp.sum(losses * sizes)


@wrong(
    "epoch_loss",
    "Divide by the number of examples, not by the number of batches.",
    "应当除以样本数，而不是批量的个数。",
)
def by_the_batches(losses, sizes):
    return jnp.mean(losses * sizes)


@wrong(
    "epoch_loss",
    "The losses are means already: a sum over a batch is its mean times its size.",
    "losses 已经是平均值：一批的和等于平均值乘以它的大小。",
)
def means_taken_for_sums(losses, sizes):
    return jnp.sum(losses) / jnp.sum(sizes)
