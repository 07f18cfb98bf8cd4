"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "conv1x1",
    "Each output channel has a bias.",
    "每个输出通道还有一个偏置。",
)
def without_bias(x, kernel, bias):
    return x @ kernel[0, 0]


@wrong(
    "conv1x1",
    "kernel[0, 0] is (inputs, outputs) already, as a linear layer's kernel is.",
    "kernel[0, 0] 本来就是 (输入, 输出)，与线性层的 kernel 一样。",
)
def transposed(x, kernel, bias):
    return x @ kernel[0, 0].T + bias[None, None, None, :]


@wrong(
    "conv1x1",
    "All weights of an output channel have been added up first: every input channel has its own "
    "weight.",
    "这里先把一个输出通道的所有权重加了起来：其实每个输入通道都有自己的权重。",
)
def one_weight_for_all_inputs(x, kernel, bias):
    summed = kernel[0, 0].sum(axis=0)[None, None, None, :]
    return x.sum(axis=-1, keepdims=True) * summed + bias[None, None, None, :]


@wrong(
    "conv1x1",
    "This is a linear layer on the mean of all pixels: height and width must stay.",
    "这是对所有像素的平均做线性层：高和宽必须保留。",
)
def of_the_mean_pixel(x, kernel, bias):
    return x.mean(axis=(1, 2)) @ kernel[0, 0] + bias[None, :]
