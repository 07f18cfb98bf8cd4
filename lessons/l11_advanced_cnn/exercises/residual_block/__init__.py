"""relu(x + f(x)): the sum of what came in and of what two layers make of it."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A block with a shortcut",
    title_zh="带捷径的块",
    ask="""
x holds the channels of some pixels, (pixels, channels); a and b are
kernels (channels, channels). f(x) is x times a, then a ReLU, then times b.
Write

  block(x, a, b)    relu(x + f(x)), the shape of x.

PyTorch| x belongs to the caller and must be the same afterwards.
""",
    ask_zh="""
x 是若干像素的通道，(像素数, 通道数)；a 和 b 是
(通道数, 通道数) 的 kernel。f(x) 是 x 乘 a，经过 ReLU，再乘 b。
请写

  block(x, a, b)    relu(x + f(x))，与 x 同形。

PyTorch| x 属于调用者，调用之后必须与原来相同。
""",
)
