"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong


@wrong(
    "block",
    "The shortcut is missing: x itself is added to what the two layers make.",
    "没有捷径：要把 x 本身加到两层的输出上。",
)
def without_the_shortcut(x, a, b):
    return jax.nn.relu(jax.nn.relu(x @ a) @ b)


@wrong(
    "block",
    "The last ReLU comes after the sum, not before it.",
    "最后一个 ReLU 在相加之后，不在之前。",
)
def relu_before_the_sum(x, a, b):
    return x + jax.nn.relu(jax.nn.relu(x @ a) @ b)


@wrong(
    "block",
    "f has a ReLU between its two products, or they are one.",
    "f 的两次乘法之间有一个 ReLU，否则它们就合成一次了。",
)
def no_relu_in_f(x, a, b):
    return jax.nn.relu(x + x @ a @ b)


@wrong(
    "block",
    "A ReLU on the shortcut throws away what is negative in x. x goes around as it is.",
    "在捷径上加 ReLU 会丢掉 x 里的负数。x 要原样绕过去。",
)
def relu_on_the_shortcut(x, a, b):
    return jax.nn.relu(jax.nn.relu(x) + jax.nn.relu(x @ a) @ b)


@wrong(
    "block",
    "The sum is the last but one thing: a ReLU follows it.",
    "相加之后还有一个 ReLU。",
)
def no_relu_at_the_end(x, a, b):
    return x + jax.nn.relu(x @ a) @ b
