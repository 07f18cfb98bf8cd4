"""Typical wrong answers."""

import jax
import jax.numpy as jnp
import optax

from jaxdl.course.exercises import wrong
from lessons.l07_multiple_dimension_input.exercises.labels_as_a_column.solution import loss


@wrong(
    "loss",
    "Every label has met every logit, in a table of (n, n). Give y the shape (n, 1) first: "
    "a column.",
    "每个标签都和每个 logit 配了一次对，成了 (n, n) 的表。请先把 y 变成 (n, 1)：一列。",
)
def a_table(z, y):
    return jnp.mean(optax.sigmoid_binary_cross_entropy(z, y[None, :]))


@wrong(
    "loss",
    "Asked is the mean over the examples; this is their sum.",
    "要的是对样本取平均；这是它们的和。",
)
def summed(z, y):
    return len(y) * loss(z, y)


@wrong(
    "loss",
    "The sigmoid is in this loss already: it takes the logits themselves, and a probability would "
    "be taken for a logit.",
    "这个损失函数里已经有 sigmoid：要给它 logits 本身；给它概率，会被当成 logit。",
)
def of_probabilities(z, y):
    return loss(jax.nn.sigmoid(z), y)


@wrong(
    "loss",
    "Where z is large σ(z) is rounded to 0 or 1, and the logarithm of 0 is infinite. Compute the "
    "loss from z.",
    "z 很大时 σ(z) 舍入成 0 或 1，而 0 的对数是无穷。请直接由 z 计算损失。",
)
def log_of_sigmoid(z, y):
    p, y = jax.nn.sigmoid(z), y[:, None]
    return jnp.mean(-y * jnp.log(p) - (1 - y) * jnp.log(1 - p))


@wrong(
    "loss",
    "axis=0 leaves the axis of length 1 behind; a loss is a single number, without axes.",
    "axis=0 会留下那个长度为 1 的轴；损失是一个数，没有轴。",
)
def along_axis_0(z, y):
    return jnp.mean(optax.sigmoid_binary_cross_entropy(z, y[:, None]), axis=0)
