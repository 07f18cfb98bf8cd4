"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong


def attended(query, read, weights_of):
    weights = weights_of(jnp.sum(query[:, None] * read, axis=2))
    return jnp.sum(weights[:, :, None] * read, axis=1)


@wrong(
    "context",
    "The softmax is over the words of the batch here: what one word looks at depends on the "
    "others. A word's weights sum to 1 over its letters.",
    "这里的 softmax 是对同批的词取的：一个词看哪里取决于别的词。一个词的权重应当对它的字母求和等"
    "于 1。",
)
def over_the_batch(kernel, h, read):
    return attended(h @ kernel, read, lambda scores: jax.nn.softmax(scores, axis=0))


@wrong(
    "context",
    "The scores are used as weights: they may be negative, and do not sum to 1.",
    "这里把得分直接当权重：得分可能是负的，加起来也不等于 1。",
)
def without_softmax(kernel, h, read):
    return attended(h @ kernel, read, lambda scores: scores)


@wrong(
    "context",
    "kernel is not in it: these are the scores h · s.",
    "没有用到 kernel：这是 h · s 的得分。",
)
def without_kernel(kernel, h, read):
    return attended(h, read, lambda scores: jax.nn.softmax(scores, axis=1))


@wrong(
    "context",
    "The kernel is on the other side: here the states read are multiplied by it, and not h.",
    "kernel 乘在了另一边：这里与它相乘的是读过的状态，而不是 h。",
)
def transposed_kernel(kernel, h, read):
    return attended(h @ kernel.T, read, lambda scores: jax.nn.softmax(scores, axis=1))


@wrong(
    "context",
    "This takes the one state with the largest weight: a choice, which has no slope. The mean "
    "with the weights is asked for.",
    "这里只取了权重最大的那个状态：这是选择，没有梯度。要的是按权重的平均。",
)
def hard_choice(kernel, h, read):
    def choice(scores):
        return jax.nn.one_hot(jnp.argmax(scores, axis=1), scores.shape[1])

    return attended(h @ kernel, read, choice)
