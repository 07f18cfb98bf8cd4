"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "loss",
    "Here every prediction meets every target, n·n differences: (n, 1) minus (n,) is (n, n). "
    "nn.MSELoss would only warn. Give both the same shape first, prediction.squeeze(1) for "
    "example.",
    "这里每个预测都与每个目标相减，有 n·n 个差：(n, 1) 减 (n,) 得到 (n, n)。nn.MSELoss 也只给警"
    "告。请先让两者形状相同，例如 prediction.squeeze(1)。",
)
def every_pair(prediction, y):
    return ((prediction - y) ** 2).mean()


@wrong(
    "loss",
    "squeeze(0) drops axis 0 only if its length is 1, and here it is n; the axis of length 1 is "
    "axis 1. Where n is 1 it would even work.",
    "只有 axis 0 的长度是 1 时，squeeze(0) 才会去掉它，而这里它的长度是 n；长度为 1 的是 axis 1。",
)
def the_first_example(prediction, y):
    return ((prediction[0] - y) ** 2).mean()


@wrong(
    "loss",
    "The mean is asked for; this is the sum.",
    "要的是平均值，这是和。",
)
def summed(prediction, y):
    return ((prediction.squeeze(1) - y) ** 2).sum()
