"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong


@wrong(
    "decayed",
    "A dict cannot be multiplied. jax.tree.map(f, params) calls f with each of the arrays in it; "
    "one level of dicts is not enough either, for below the first there are dicts again.",
    "字典不能做乘法。jax.tree.map(f, params) 会对里面的每个数组调用 f；只走一层字典也不够，第一层"
    "下面还是字典。",
)
def times_a_dict(params, rate):
    return (1 - rate) * params


@wrong(
    "decayed",
    "This is what each number loses; (1 - rate) times itself is what is left.",
    "这是每个数减少的部分；剩下的是它的 (1 - rate) 倍。",
)
def what_is_lost(params, rate):
    return jax.tree.map(lambda leaf: rate * leaf, params)


@wrong(
    "decayed",
    "Each number loses a part of itself, not the same amount: (1 - rate) · leaf.",
    "每个数减少的是自己的一部分，而不是同样的量：(1 - rate) · leaf。",
)
def the_same_for_all(params, rate):
    return jax.tree.map(lambda leaf: leaf - rate, params)


@wrong(
    "decayed",
    "A list of arrays has lost the form: nobody can tell kernel from bias. jax.tree.map keeps the "
    "dicts, jax.tree.leaves drops them.",
    "数组的列表丢掉了结构：分不清哪个是 kernel，哪个是 bias。jax.tree.map 保留字典，"
    "jax.tree.leaves 会丢掉。",
)
def a_list(params, rate):
    return [(1 - rate) * leaf for leaf in jax.tree.leaves(params)]
