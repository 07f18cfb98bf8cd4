"""Probabilities (n, 1) and labels (n,) make a table of (n, n), unless one takes care."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Labels that do not broadcast",
    title_zh="别让标签广播",
    ask="""
A net gives p of shape (n, 1), the probability of label 1 for each of n
examples; the labels y, 0.0 or 1.0, have the shape (n,). Write

  loss(p, y)    the mean over the n examples of
                -y·log p - (1 - y)·log(1 - p), one number.

Beware: (n, 1) and (n,) in one operation make (n, n). In PyTorch, fill the
two arguments of binary_cross_entropy(probabilities, labels): it wants two
tensors of the same shape.
""",
    ask_zh="""
网络对 n 个样本给出 p，形状 (n, 1)，是标签为 1 的概率；
标签 y 是 0.0 或 1.0，形状 (n,)。请写

  loss(p, y)    -y·log p - (1 - y)·log(1 - p) 对 n 个样本的
                平均值，一个数。

注意：(n, 1) 和 (n,) 一运算就会广播成 (n, n)。PyTorch 里请填
binary_cross_entropy(概率, 标签) 的两个参数：它要求两者形状相同。
""",
)
