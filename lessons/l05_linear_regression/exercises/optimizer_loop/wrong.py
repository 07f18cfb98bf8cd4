"""Typical wrong answers."""

import jax
import optax

from jaxdl.course.exercises import wrong
from lessons.l05_linear_regression.exercises.optimizer_loop.solution import loss


@wrong(
    "train",
    "One step is right, three are not: the optimizer has forgotten the steps before. init belongs "
    "before the loop, and the state that update returns must be handed to the next update.",
    "走一步是对的，走三步就不对：优化器忘了前面的步。init 要放在循环之前，update 返回的状态要传给"
    "下一次 update。",
)
def without_a_memory(optimizer, params, x, y, steps):
    for _ in range(steps):
        gradient = jax.grad(loss)(params, x, y)
        updates, _ = optimizer.update(gradient, optimizer.init(params), params)
        params = optax.apply_updates(params, updates)
    return params


@wrong(
    "train",
    "One step is right, three are not: the gradient was taken once, before the loop. Each step "
    "needs the gradient where it stands.",
    "走一步是对的，走三步就不对：梯度只在循环之前求了一次。每一步都要用当时所在位置的梯度。",
)
def one_gradient(optimizer, params, x, y, steps):
    state, gradient = optimizer.init(params), jax.grad(loss)(params, x, y)
    for _ in range(steps):
        updates, state = optimizer.update(gradient, state, params)
        params = optax.apply_updates(params, updates)
    return params


@wrong(
    "train",
    "The gradient itself has been added; update turns it into what is to be added, with sign and "
    "learning rate.",
    "这里加上的是梯度本身；update 才把它变成应当加上的量，符号和学习率都在里面。",
)
def the_gradient_added(optimizer, params, x, y, steps):
    for _ in range(steps):
        params = optax.apply_updates(params, jax.grad(loss)(params, x, y))
    return params


@wrong(
    "train",
    "The updates have their minus already: they are added, not subtracted.",
    "updates 里已经带了负号：应当加上，而不是减去。",
)
def subtracted(optimizer, params, x, y, steps):
    state = optimizer.init(params)
    for _ in range(steps):
        updates, state = optimizer.update(jax.grad(loss)(params, x, y), state, params)
        params = jax.tree.map(lambda w, update: w - update, params, updates)
    return params


@wrong(
    "train",
    "The parameters are what they were: apply_updates changes nothing, it returns the new params.",
    "参数没有变：apply_updates 什么也不改动，它返回新的 params。",
)
def dropped(optimizer, params, x, y, steps):
    return params
