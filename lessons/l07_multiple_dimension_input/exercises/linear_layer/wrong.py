"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong


@wrong(
    "linear",
    "This is Wᵀx + b, with an example a column. Here an example is a row: xK + b.",
    "这是 Wᵀx + b，一列一个样本。这里一行是一个样本：xK + b。",
)
def examples_in_columns(layer, x):
    return layer["kernel"].T @ x.T + layer["bias"][:, None]


@wrong(
    "linear",
    "A kernel is (inputs, outputs) already. To transpose it is PyTorch's rule, whose weight is "
    "(outputs, inputs).",
    "kernel 本来就是 (输入, 输出)。需要转置的是 PyTorch 的 weight，它是 (输出, 输入)。",
)
def transposed_as_in_pytorch(layer, x):
    return x @ layer["kernel"].T + layer["bias"][None, :]


@wrong(
    "linear",
    "Each output has a bias that is added to it.",
    "每个输出还要加上它的偏置。",
)
def without_bias(layer, x):
    return x @ layer["kernel"]


@wrong(
    "linear",
    "The activation comes after the layer; the layer itself ends with the bias.",
    "激活函数在这一层之后；层本身到加偏置为止。",
)
def with_a_sigmoid(layer, x):
    return jax.nn.sigmoid(x @ layer["kernel"] + layer["bias"][None, :])
