"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong
from lessons.l16_attention.exercises.slope_of_a_mean.solution import mean as right_mean


@wrong(
    "mean",
    "The weights sum to 1 already: this divides by n a second time.",
    "权重加起来已经是 1：这里又多除了一次 n。",
)
def divided_again(scores, v):
    return jnp.mean(jax.nn.softmax(scores) * v)


@wrong(
    "slope",
    "This is as if the other weights stayed. When one score rises, all other weights become "
    "smaller: there is a term from each of them.",
    "这等于假设别的权重不变。一个得分升高，其他权重都会变小：它们各有一项。",
)
def own_weight_only(scores, v):
    a = jax.nn.softmax(scores)
    return a * (1 - a) * v


@wrong(
    "slope",
    "These are the terms of the mean itself, not its slope: if all v are equal, moving a score "
    "changes nothing.",
    "这是平均值里的各项，不是它的导数：如果所有 v 都相等，得分变了平均值也不变。",
)
def terms_of_the_mean(scores, v):
    return jax.nn.softmax(scores) * v


@wrong(
    "slope",
    "The weight is missing: a letter that is hardly looked at has hardly a slope.",
    "少了权重：几乎没有被看的字母，导数也几乎为 0。",
)
def without_the_weight(scores, v):
    return v - right_mean(scores, v)


@wrong(
    "slope",
    "The mean with the weights is c, not v.mean(): c is where the slope of a letter changes its "
    "sign.",
    "按权重的平均是 c，不是 v.mean()：v 等于 c 的字母，导数才是 0。",
)
def about_the_plain_mean(scores, v):
    return jax.nn.softmax(scores) * (v - jnp.mean(v))
