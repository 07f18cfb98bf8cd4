"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "linear",
    "A row of x has as many numbers as the weight has columns. Which of the two must be turned?",
    "x 的一行与 weight 的一行一样长。相乘之前，哪一个要转置？",
)
def not_transposed(weight, bias, x):
    return x @ weight + bias


@wrong(
    "linear",
    "Here an example is a column of the result. Asked is (n, outputs), a row an example.",
    "这样结果里一列是一个样本。要的是 (n, 输出)，一行一个样本。",
)
def examples_in_columns(weight, bias, x):
    return weight @ x.T + bias[:, None]


@wrong(
    "linear",
    "Each output has a bias that is added to it.",
    "每个输出还要加上它的偏置。",
)
def without_bias(weight, bias, x):
    return x @ weight.T
