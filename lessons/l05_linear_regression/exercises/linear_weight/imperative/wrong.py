"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "forward",
    "(n, inputs) @ (outputs, inputs) does not fit: the two sides that are summed over must stand "
    "next to each other. Transpose the weight.",
    "(n, inputs) @ (outputs, inputs) 对不上：要求和的两条边必须挨在一起。请转置权重。",
)
def as_it_is(weight, bias, x):
    return x @ weight + bias


@wrong(
    "forward",
    "The shape is right and the numbers are in the wrong places: reshape reads on row after row, "
    ".T makes rows of the columns.",
    "形状对了，数的位置却错了：reshape 是按行接着往下排，.T 才是把列变成行。",
)
def reshaped(weight, bias, x):
    return x @ weight.reshape(weight.shape[1], weight.shape[0]) + bias


@wrong(
    "forward",
    "The numbers are right and lie the wrong way: a column for each example, where a row is asked "
    "for.",
    "数是对的，方向不对：这里每个样本一列，要的是每个样本一行。",
)
def lying(weight, bias, x):
    return weight @ x.T + bias[:, None]


@wrong(
    "forward",
    "Each output has a bias, too: add it to every row.",
    "每个输出还有一个偏置：要加到每一行上。",
)
def without_bias(weight, bias, x):
    return x @ weight.T
