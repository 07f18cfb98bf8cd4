"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "curve",
    "The shapes (m,) and (n,) do not fit each other; ws[:, None] makes a column of the w's.",
    "形状 (m,) 和 (n,) 对不上；ws[:, None] 把这些 w 排成一列。",
)
def no_axis(ws, x, y):
    return ((ws * x - y) ** 2).mean(dim=0)


@wrong(
    "curve",
    "dim is the axis that vanishes. The mean is to be taken over the examples, axis 1; this one "
    "is over the w's.",
    "dim 是消失的那条轴。应当对样本取平均，也就是 axis 1；这里平均的是 w。",
)
def over_the_ws(ws, x, y):
    return ((ws[:, None] * x - y) ** 2).mean(dim=0)


@wrong(
    "curve",
    "mean() without dim takes the mean of everything; a loss for each w is asked for.",
    "不带 dim 的 mean() 对全部的数取平均；要的是每个 w 各一个损失。",
)
def over_everything(ws, x, y):
    return ((ws[:, None] * x - y) ** 2).mean()


@wrong(
    "curve",
    "This is the sum over the examples; their mean is asked for.",
    "这是对样本求和；要的是平均值。",
)
def summed(ws, x, y):
    return ((ws[:, None] * x - y) ** 2).sum(dim=1)
