"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "slopes",
    "The sign is the other one: p - y, what was said minus what happened. The minus of the "
    "descent belongs to the step.",
    "符号反了：应当是 p - y，预测的概率减去真实标签。下降时的负号属于更新那一步。",
)
def the_other_sign(w, b, x, y):
    p = jax.nn.sigmoid(w * x + b)
    return jnp.mean((y - p) * x), jnp.mean(y - p)


@wrong(
    "slopes",
    "p - y has the sigmoid's derivative in it already: the logarithm has cancelled it. With p·(1 "
    "- p) once more, a model that is certain and wrong would hardly learn.",
    "p - y 里已经包含了 sigmoid 的导数，它与对数的导数抵消了。再乘一次 p·(1 - p)，十分肯定却错了的"
    "模型就几乎学不到东西。",
)
def the_sigmoid_again(w, b, x, y):
    p = jax.nn.sigmoid(w * x + b)
    back = (p - y) * p * (1 - p)
    return jnp.mean(back * x), jnp.mean(back)


@wrong(
    "slopes",
    "These are the sums over the examples; the loss is a mean, and so are its slopes.",
    "这是对样本求和；损失是平均值，斜率也是。",
)
def summed(w, b, x, y):
    p = jax.nn.sigmoid(w * x + b)
    return jnp.sum((p - y) * x), jnp.sum(p - y)


@wrong(
    "slopes",
    "One more link leads from z to w: z = w·x + b has the derivative x by w.",
    "从 z 到 w 还有一环：z = w·x + b 对 w 的导数是 x。",
)
def without_x(w, b, x, y):
    p = jax.nn.sigmoid(w * x + b)
    return jnp.mean(p - y), jnp.mean(p - y)


@wrong(
    "slopes",
    "p is the sigmoid of z; this takes z for a probability.",
    "p 是 z 的 sigmoid；这里把 z 当成了概率。",
)
def without_the_sigmoid(w, b, x, y):
    p = w * x + b
    return jnp.mean((p - y) * x), jnp.mean(p - y)
