"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong
from lessons.l07_multiple_dimension_input.exercises.loop_over_layers.solution import linear


@wrong(
    "deep",
    "After the last layer no sigmoid is asked for: let the loop end one layer earlier.",
    "最后一层之后不要 sigmoid：让循环早一层结束。",
)
def a_sigmoid_at_the_end(layers, x):
    for layer in layers:
        x = jax.nn.sigmoid(linear(layer, x))
    return x


@wrong(
    "deep",
    "Without the sigmoid between them all these layers are one linear layer.",
    "层与层之间没有 sigmoid，再多的层也只相当于一个线性层。",
)
def no_bend(layers, x):
    for layer in layers:
        x = linear(layer, x)
    return x


@wrong(
    "deep",
    "Each layer takes what the one before it gave, not the net's input.",
    "每一层的输入是前一层的输出，不是整个网络的输入。",
)
def always_the_input(layers, x):
    for layer in layers[:-1]:
        hidden = jax.nn.sigmoid(linear(layer, x))
    return linear(layers[-1], hidden)


@wrong(
    "deep",
    "The last layer is never applied.",
    "最后一层没有用上。",
)
def without_the_last(layers, x):
    for layer in layers[:-1]:
        x = jax.nn.sigmoid(linear(layer, x))
    return x
