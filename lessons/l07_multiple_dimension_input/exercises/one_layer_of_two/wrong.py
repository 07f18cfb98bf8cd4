"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "kernel",
    "x meets the first kernel first, and x stands on the left: x K₁ K₂.",
    "x 在左边，先遇到第一个 kernel：x K₁ K₂。",
)
def the_other_way_round(first, second):
    return second["kernel"] @ first["kernel"]


@wrong(
    "kernel",
    "The shape is (inputs of first, outputs of second), as a kernel of that layer has it; this is "
    "its transpose.",
    "形状应当是 (first 的输入, second 的输出)；这是它的转置。",
)
def transposed(first, second):
    return (first["kernel"] @ second["kernel"]).T


@wrong(
    "bias",
    "The first layer's bias is not lost: it passes through the second layer.",
    "第一层的偏置并没有消失：它要经过第二层。",
)
def of_the_second(first, second):
    return second["bias"]


@wrong(
    "bias",
    "The first bias is as long as the hidden layer; before it can be added to the second it "
    "passes through K₂.",
    "第一个偏置与中间层一样长；它要先经过 K₂，才能与第二个偏置相加。",
)
def added(first, second):
    return first["bias"] + second["bias"]


@wrong(
    "bias",
    "The second layer adds a bias of its own.",
    "第二层还要加上它自己的偏置。",
)
def of_the_first(first, second):
    return first["bias"] @ second["kernel"]
