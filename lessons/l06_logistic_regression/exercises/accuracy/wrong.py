"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "accuracy",
    "z is no probability yet: one half is the threshold of σ(z), and the z that belongs to it is "
    "0.",
    "z 还不是概率：二分之一是 σ(z) 的阈值，它对应的 z 是 0。",
)
def half_of_a_logit(z, y):
    return jnp.mean((z[:, 0] > 0.5) == y)


@wrong(
    "accuracy",
    "Every answer is compared with every label here: (n, 1) == (n,) is (n, n). Take the column "
    "first, z[:, 0].",
    "这里每个回答都与每个标签比较：(n, 1) == (n,) 得到 (n, n)。先取出那一列，z[:, 0]。",
)
def every_pair(z, y):
    return jnp.mean((z > 0) == y[None, :])


@wrong(
    "accuracy",
    "This is how many are right; which fraction of all they are is asked for.",
    "这是答对的个数；要的是它在全部样本中所占的比例。",
)
def counted(z, y):
    return jnp.sum((z[:, 0] > 0) == y)


@wrong(
    "accuracy",
    "This is the fraction of wrong answers.",
    "这是答错的比例。",
)
def wrong_ones(z, y):
    return jnp.mean((z[:, 0] > 0) != y)


@wrong(
    "accuracy",
    "This is how often the answer is True; it has to be compared with y.",
    "这是回答为 True 的比例；还要与 y 比较。",
)
def how_often_one(z, y):
    return jnp.mean(z[:, 0] > 0)
