"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong


@wrong(
    "outputs",
    "The compiled function takes the parameters from outside: it has read the first ones while it "
    "was traced, and knows no others.",
    "编译好的函数从外面取参数：追踪时读到的是第一组，以后的它一概不知。",
)
def from_outside(apply, every, x):
    current = every[0]
    compiled = jax.jit(lambda x: apply(current, x))
    found = []
    for params in every:
        current = params
        found.append(compiled(x))
    return found


@wrong(
    "outputs",
    "The outputs are right, but a new function is compiled for each of the parameters. Let jit "
    "stand outside the loop.",
    "输出是对的，但每组参数都编译了一个新函数。请把 jit 放到循环外面。",
)
def compiled_in_the_loop(apply, every, x):
    return [jax.jit(lambda params, x: apply(params, x))(params, x) for params in every]


@wrong(
    "outputs",
    "A static argument is one that is compared and hashed; an array cannot be. Leave the "
    "parameters an ordinary argument.",
    "静态参数要能比较、能求哈希；数组不能。参数就按普通参数传。",
)
def parameters_static(apply, every, x):
    compiled = jax.jit(apply, static_argnums=0)
    return [compiled(params, x) for params in every]


@wrong(
    "outputs",
    "These are the outputs of the last parameters, once for each. Call with the one that the loop "
    "is at.",
    "每次用的都是最后一组参数。请用循环当前的那一组来调用。",
)
def last_for_all(apply, every, x):
    compiled = jax.jit(apply)
    return [compiled(every[-1], x) for _ in every]
