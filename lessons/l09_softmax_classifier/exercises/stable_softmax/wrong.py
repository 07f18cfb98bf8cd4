"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "softmax",
    "e^1000 is infinite in float32, and infinity by infinity is nan. Subtract something from "
    "every logit first.",
    "float32 里 e^1000 是无穷，无穷除以无穷是 nan。请先从每个 logit 里减去一个数。",
)
def without_the_shift(logits):
    return jnp.exp(logits) / jnp.sum(jnp.exp(logits), axis=1, keepdims=True)


@wrong(
    "softmax",
    "One maximum for all rows leaves a row of small logits with exponentials that are all 0. Each "
    "row needs its own.",
    "所有行共用一个最大值，logits 小的那一行指数就全成了 0。每一行要减自己的最大值。",
)
def one_maximum_for_all(logits):
    e = jnp.exp(logits - jnp.max(logits))
    return e / jnp.sum(e, axis=1, keepdims=True)


@wrong(
    "softmax",
    "The maxima are (n,), the logits (n, classes); to be subtracted row by row they must keep the "
    "axis (keepdims).",
    "最大值的形状是 (n,)，logits 是 (n, 类别数)；要逐行相减，就得保留那个轴（keepdims）。",
)
def without_keepdims(logits):
    e = jnp.exp(logits - jnp.max(logits, axis=1)[None, :])
    return e / jnp.sum(e, axis=1)[None, :]


@wrong(
    "softmax",
    "The classes of an example compete, not the examples of a class: which axis are the classes?",
    "相互竞争的是一个样本的各个类别，不是一个类别的各个样本：哪个轴是类别？",
)
def along_the_examples(logits):
    e = jnp.exp(logits - jnp.max(logits, axis=0, keepdims=True))
    return e / jnp.sum(e, axis=0, keepdims=True)


@wrong(
    "softmax",
    "These exponentials are positive but do not add up to 1: divide by their sum.",
    "这些指数都是正数，但加起来不等于 1：还要除以它们的和。",
)
def not_divided(logits):
    return jnp.exp(logits - jnp.max(logits, axis=1, keepdims=True))
