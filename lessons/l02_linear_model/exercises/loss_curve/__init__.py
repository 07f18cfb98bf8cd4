"""The loss at many w's at once."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The loss at many values of w at once",
    title_zh="一次求出许多 w 处的损失",
    ask="""
ws holds m values of w, shape (m,); the examples x and y have the shape
(n,). Write

  curve(ws, x, y)   of shape (m,): the mean over the n examples of
                    (w·x - y)², at each of the m values of w.

JAX| loss(w, x, y) is given, for a single w. jax.vmap(loss, in_axes=...) makes
JAX| of it a function of many; in_axes says for each argument along which axis
JAX| it is gone through, or None: the same for all.
PyTorch| Write the axis into the formula: ws[:, None] has the shape (m, 1), and with
PyTorch| x it makes (m, n).
""",
    ask_zh="""
ws 是 w 的 m 个值，形状 (m,)；样本 x 和 y 的形状是 (n,)。请写出

  curve(ws, x, y)   形状 (m,)：在 w 的这 m 个值处，(w·x - y)² 对 n
                    个样本的平均值。

JAX| loss(w, x, y) 已经给出，它针对单个 w。
JAX| jax.vmap(loss, in_axes=...) 把它变成针对许多个 w 的函数；in_axes
JAX| 对每个自变量说明沿哪条轴逐个取，None 表示大家共用同一个。
PyTorch| 把这条轴写进公式里：ws[:, None] 的形状是 (m, 1)，与 x 运算得到
PyTorch| (m, n)。
""",
)
