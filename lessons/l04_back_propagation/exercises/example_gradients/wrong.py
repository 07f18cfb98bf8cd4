"""Typical wrong answers."""

import jax
import jax.numpy as jnp

from jaxdl.course.exercises import wrong
from lessons.l04_back_propagation.exercises.example_gradients.solution import loss


def losses(w, xs, ys):
    return jax.vmap(loss, in_axes=(None, 0, 0))(w, xs, ys)


@wrong(
    "gradients",
    "This is one gradient, of the mean of all losses. One for each example is asked for: the "
    "gradient inside, vmap outside.",
    "这是一个梯度，是全部损失的平均的梯度。要的是每个样本各一个：grad 在里面，vmap 在外面。",
)
def of_the_mean(w, xs, ys):
    return jax.grad(lambda w: jnp.mean(losses(w, xs, ys)))(w)


@wrong(
    "gradients",
    "This is one gradient, of the sum of all losses. One for each example is asked for: the "
    "gradient inside, vmap outside.",
    "这是一个梯度，是全部损失之和的梯度。要的是每个样本各一个：grad 在里面，vmap 在外面。",
)
def of_the_sum(w, xs, ys):
    return jax.grad(lambda w: jnp.sum(losses(w, xs, ys)))(w)


@wrong(
    "gradients",
    "jax.grad differentiates a single number, and loss is written for a single example: jax.vmap "
    "around jax.grad(loss).",
    "jax.grad 只能对单个的数求导，而 loss 是为一个样本写的：请在 jax.grad(loss) 外面套上 "
    "jax.vmap。",
)
def of_many_numbers(w, xs, ys):
    return jax.grad(losses)(w, xs, ys)


@wrong(
    "gradients",
    "Without in_axes vmap goes through w, too, and w has another length than xs. None in its "
    "place: the same w for all.",
    "不写 in_axes，vmap 会连 w 也逐个取，而 w 的长度与 xs 不同。在它的位置上写 None：所有样本共用"
    "同一个 w。",
)
def w_gone_through(w, xs, ys):
    return jax.vmap(jax.grad(loss))(w, xs, ys)


@wrong(
    "gradients",
    "These are the derivatives by x; argnums counts from 0, and w is the first argument.",
    "这是对 x 求的导数；argnums 从 0 数起，w 是第一个参数。",
)
def by_x(w, xs, ys):
    return jax.vmap(jax.grad(loss, argnums=1), in_axes=(None, 0, 0))(w, xs, ys)
