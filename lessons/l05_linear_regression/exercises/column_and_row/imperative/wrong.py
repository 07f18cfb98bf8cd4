"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "loss",
    "Here every prediction meets every target, n·n differences: (n, 1) minus (n,) is (n, n), and "
    "nn.MSELoss would only warn. Give both the same shape first: prediction.squeeze(1) drops axis "
    "1, squeeze(0) would change nothing.",
    "这里每个预测都与每个目标相减，有 n·n 个差：(n, 1) 减 (n,) 得到 (n, n)，nn.MSELoss 也只给警"
    "告。请先让两者形状相同：prediction.squeeze(1) 去掉 axis 1，而 squeeze(0) 什么也不会变。",
)
def every_pair(prediction, y):
    return ((prediction - y) ** 2).mean()


@wrong(
    "loss",
    "prediction[0] is the first example alone; the column without its axis of length 1 is "
    "prediction.squeeze(1), or prediction[:, 0].",
    "prediction[0] 只是第一个样本；去掉长度为 1 的那条轴，要写 prediction.squeeze(1) 或 "
    "prediction[:, 0]。",
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
