"""The slope of the mean squared error, worked out on paper."""

from jaxdl.course.exercises import DERIVATIVES, Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The slope, worked out by hand",
    title_zh="手推斜率",
    ask="""
The model is ŷ = wx with a single number w; x and y have the shape (n,). The
loss is the mean squared error over the n examples,

  l(w) = (1/n) Σ (x·w - y)²

Write, without jax.grad,

  slope(w, x, y)   dl/dw, a number.

Differentiate one square, (x·w - y)², by w: the outer derivative times the
inner one. Then take the mean.
""",
    ask_zh="""
模型是 ŷ = wx，w 是一个数；x 和 y 的形状是 (n,)。损失是 n 个样本的
均方误差：

  l(w) = (1/n) Σ (x·w - y)²

不用 jax.grad，请写出

  slope(w, x, y)   dl/dw，一个数。

先把一个平方 (x·w - y)² 对 w 求导：外层导数乘以内层导数；然后取
平均。
""",
    without=DERIVATIVES,
)
