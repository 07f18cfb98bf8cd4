"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "scores",
    "This is (n, width, answer): the last two axes are the other way round.",
    "这样得到的是 (n, width, answer)：后两个轴反了。",
)
def turned_round(query, read):
    return jnp.einsum("nah,nwh->nwa", query, read)


@wrong(
    "scores",
    "The batch is summed over, too: n is missing on the right of the arrow. Each word has its own "
    "scores.",
    "连批次也求和了：箭头右边没有 n。每个词有自己的得分。",
)
def batch_summed(query, read):
    return jnp.einsum("nah,nwh->aw", query, read)


@wrong(
    "scores",
    "Two different letters for the batch score every word's query with every other word's states.",
    "批次用了两个不同的字母，于是每个词的查询与所有词的状态都算了得分。",
)
def words_with_words(query, read):
    return jnp.einsum("nah,mwh->nmaw", query, read)


@wrong(
    "scores",
    "@ multiplies the last axis of the left by the second to last of the right; read has to be "
    "transposed in its last two axes, and .T turns all three.",
    "@ 把左边的最后一轴与右边的倒数第二轴相乘；read 要交换最后两个轴，而 .T 会把三个轴全部颠倒。",
)
def turned_entirely(query, read):
    return query @ read.T


@wrong(
    "context",
    "hidden is gone here: this is the sum of a weighted state's numbers. Which axis is to be "
    "summed over?",
    "这里 hidden 没有了：把加权状态里的数也加了起来。应当对哪个轴求和？",
)
def hidden_summed(weights, read):
    return jnp.einsum("naw,nwh->na", weights, read)


@wrong(
    "context",
    "Nothing is summed over: each state is still there by itself, times its weight.",
    "什么也没有求和：每个状态乘了权重，却仍各自分开。",
)
def not_summed(weights, read):
    return jnp.einsum("naw,nwh->nawh", weights, read)
