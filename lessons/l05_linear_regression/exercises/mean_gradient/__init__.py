"""A loss over n examples, and its gradient for a dict of parameters."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A mean over the examples, and its gradient",
    title_zh="对样本取平均，再求梯度",
    ask="""
The line is w x + b, with params = {"w": w, "b": b}. Write

  loss      the mean over the n examples of (w x + b - y)², a number;
  gradient  its gradient: a dict with the keys of params.

x and y have the shape (n,).
""",
    ask_zh="""
直线是 w x + b，参数是 params = {"w": w, "b": b}。请写出

  loss      n 个样本的 (w x + b - y)² 的平均值，一个数；
  gradient  它的梯度：与 params 有相同键的字典。

x 和 y 的形状是 (n,)。
""",
)
