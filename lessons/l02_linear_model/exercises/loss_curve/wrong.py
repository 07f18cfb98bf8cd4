"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong
from lessons.l02_linear_model.exercises.loss_curve.solution import loss


@wrong(
    "curve",
    "Without in_axes, vmap goes through all three arguments at once, and they differ in length. x "
    "and y are the same for every w: None in their places.",
    "不写 in_axes，vmap 会同时沿三个自变量逐个取，而它们长度不同。x 和 y 对每个 w 都一样：在它们的"
    "位置上写 None。",
)
def all_three(ws, x, y):
    return jax.vmap(loss)(ws, x, y)


@wrong(
    "curve",
    "w times x pairs the m values of w with the n examples, one to one. loss is written for a "
    "single w; let vmap go through ws.",
    "w 乘 x 把 w 的 m 个值与 n 个样本一一配对了。loss 是为单个 w 写的；请让 vmap 沿 ws 逐个取。",
)
def the_loss_itself(ws, x, y):
    return loss(ws, x, y)


@wrong(
    "curve",
    "This goes through the examples and gives a mean over w for each of them; the other way "
    "round: 0 for w, None for x and y.",
    "这是沿样本逐个取，对每个样本给出关于 w 的平均；应当反过来：w 是 0，x 和 y 是 None。",
)
def the_wrong_axes(ws, x, y):
    return jax.vmap(loss, in_axes=(None, 0, 0))(ws, x, y)


@wrong(
    "curve",
    "This is the mean over the w's, too; a loss for each of them is asked for.",
    "这样连 w 也平均掉了；要的是每个 w 各一个损失。",
)
def one_number(ws, x, y):
    return jnp.mean(jax.vmap(loss, in_axes=(0, None, None))(ws, x, y))
