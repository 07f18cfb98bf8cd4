"""Typical wrong answers."""

import jax
import jax.numpy as jnp
import optax

from jaxdl.course.exercises import wrong


@wrong(
    "bits",
    "These are nats: the logarithm is to the base e. How many bits is one nat?",
    "这是奈特：对数以 e 为底。一奈特等于几比特？",
)
def nats(logits, y):
    return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(logits, y))


@wrong(
    "bits",
    "A nat is more than a bit: ln 2 is below 1, so the number of bits is the larger one. Divide.",
    "一奈特比一比特大：ln 2 小于 1，所以比特数更大。应当用除法。",
)
def multiplied(logits, y):
    return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(logits, y)) * jnp.log(2.0)


@wrong(
    "bits",
    "The softmax is taken twice: the cross-entropy wants logits and takes it by itself.",
    "softmax 做了两次：交叉熵要的是 logits，它自己会做。",
)
def softmax_twice(logits, y):
    twice = optax.softmax_cross_entropy_with_integer_labels(jax.nn.softmax(logits), y)
    return jnp.mean(twice) / jnp.log(2.0)


@wrong(
    "bits",
    "This is the logarithm of the mean probability. A text's probability is a product, so the "
    "logarithms are what is averaged.",
    "这是平均概率的对数。一段文字的概率是一个乘积，所以要平均的是各个对数。",
)
def of_the_mean_probability(logits, y):
    p = jnp.take_along_axis(jax.nn.softmax(logits), y[..., None], axis=-1)
    return -jnp.log2(jnp.mean(p))


@wrong(
    "bits",
    "This is one number for each piece, the sum of its letters'. A letter's is asked for, the "
    "mean over all of them.",
    "这是每段一个数，是段内各字符之和。要的是每个字符的，对所有字符取平均。",
)
def of_a_piece(logits, y):
    each = optax.softmax_cross_entropy_with_integer_labels(logits, y)
    return jnp.sum(each, axis=1) / jnp.log(2.0)
