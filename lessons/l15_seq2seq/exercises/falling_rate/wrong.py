"""Typical wrong answers."""

import jax.numpy as jnp
import optax

from jaxdl.course.exercises import wrong


def descended(w, gradients, schedule):
    optimizer = optax.sgd(schedule)
    state = optimizer.init(w)
    for gradient in gradients:
        updates, state = optimizer.update(gradient, state)
        w = optax.apply_updates(w, updates)
    return w


@wrong(
    "descend",
    "The state that update returns is not kept: the count stays 0, and with it the learning rate "
    "its first value.",
    "update 返回的状态没有留下：计数一直是 0，学习率也就一直是最初的值。",
)
def state_not_carried(w, gradients, rate, decay):
    optimizer = optax.sgd(lambda count: rate * decay ** jnp.asarray(count, float))
    state = optimizer.init(w)
    for gradient in gradients:
        updates, _ = optimizer.update(gradient, state)
        w = optax.apply_updates(w, updates)
    return w


@wrong(
    "descend",
    "The first step is already shortened: count is the number of steps before, so 0 at the first.",
    "第一步就已经缩短了：count 是之前走过的步数，第一步时是 0。",
)
def one_ahead(w, gradients, rate, decay):
    return descended(w, gradients, lambda count: rate * decay ** jnp.asarray(count + 1, float))


@wrong(
    "descend",
    "Multiplied by the count, the rate is 0 at first and grows. After each step it is multiplied "
    "by decay: a power.",
    "乘以步数，学习率一开始是 0，之后还增大。每走一步要乘一次 decay：是幂。",
)
def times_the_count(w, gradients, rate, decay):
    return descended(w, gradients, lambda count: rate * decay * count.astype(float))


@wrong(
    "descend",
    "updates have the minus sign already: they are what is to be added.",
    "updates 已经带了负号：它是要加上去的量。",
)
def updates_subtracted(w, gradients, rate, decay):
    optimizer = optax.sgd(lambda count: rate * decay ** jnp.asarray(count, float))
    state = optimizer.init(w)
    for gradient in gradients:
        updates, state = optimizer.update(gradient, state)
        w = w - updates
    return w


@wrong(
    "descend",
    "The gradient is added, not the update: neither the learning rate nor the sign is in it.",
    "加上去的是梯度而不是更新：学习率和负号都不在里面。",
)
def gradient_added(w, gradients, rate, decay):
    return w + gradients.sum(axis=0)
