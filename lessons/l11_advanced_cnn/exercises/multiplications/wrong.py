"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "multiplications",
    "A kernel has size x size pixels.",
    "一个卷积核有 size x size 个像素。",
)
def size_once(side, layers):
    return sum(side**2 * outputs * size * inputs for inputs, outputs, size in layers)


@wrong(
    "multiplications",
    "An image has side x side pixels, and a kernel is laid on each of them.",
    "图像有 side x side 个像素，卷积核要放到每一个上面。",
)
def side_once(side, layers):
    return sum(side * outputs * size**2 * inputs for inputs, outputs, size in layers)


@wrong(
    "multiplications",
    "This counts the weights. Each of them is used at every pixel.",
    "这是权重的个数。每个权重在每个像素处都要用一次。",
)
def weights(side, layers):
    return sum(outputs * size**2 * inputs for inputs, outputs, size in layers)


@wrong(
    "multiplications",
    "A kernel has weights for every input channel.",
    "卷积核对每个输入通道都有权重。",
)
def without_the_inputs(side, layers):
    return sum(side**2 * outputs * size**2 for inputs, outputs, size in layers)


@wrong(
    "multiplications",
    "A bias is added: it costs no multiplication.",
    "偏置是加上去的：不费乘法。",
)
def with_biases(side, layers):
    return sum(side**2 * outputs * (size**2 * inputs + 1) for inputs, outputs, size in layers)
