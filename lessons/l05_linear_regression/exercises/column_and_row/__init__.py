"""(n, 1) minus (n,) is (n, n)."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A column minus a row",
    title_zh="一列减一行",
    ask="""
A linear layer gives its predictions as a column, of shape (n, 1); the
targets y have the shape (n,). Example k has the prediction
prediction[k, 0] and the target y[k]. Write

  loss(prediction, y)   the mean over the n examples of the squared
                        difference, a number.

Mind the shapes: (n, 1) minus (n,) is no error. Broadcasting makes a table
(n, n) of it, every prediction minus every target. In JAX as in PyTorch.
""",
    ask_zh="""
线性层给出的预测是一列，形状 (n, 1)；目标 y 的形状是 (n,)。第 k 个
样本的预测是 prediction[k, 0]，目标是 y[k]。请写出

  loss(prediction, y)   差的平方对 n 个样本的平均值，一个数。

注意形状：(n, 1) 减 (n,) 并不报错。广播会得到一张 (n, n) 的表，
每个预测减去每个目标。JAX 和 PyTorch 都是这样。
""",
)
