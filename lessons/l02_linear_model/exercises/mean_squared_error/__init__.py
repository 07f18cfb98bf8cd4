"""A loss is one number, and in PyTorch a number with a graph behind it."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The loss is one number",
    title_zh="损失是一个数",
    ask="""
The model is ŷ = wx with a single number w. x and y have the shape (n,), an
example each.

JAX| Write
JAX|
JAX|   loss(w, x, y)   the mean squared error, (1/n) Σ (w·x - y)².
PyTorch| w is a tensor that wants a gradient, and batches is a list of pairs (x, y).
PyTorch| Write
PyTorch|
PyTorch|   total_loss(w, batches)   the sum, over the batches, of their mean squared
PyTorch|                            errors, as a Python number (a float).
PyTorch|
PyTorch| A tensor would hold on to the graphs of all the batches; what .item() gives
PyTorch| is the number alone.
""",
    ask_zh="""
模型是 ŷ = wx，w 是一个数。x 和 y 的形状是 (n,)，每个样本一个数。

JAX| 请写出
JAX|
JAX|   loss(w, x, y)   均方误差 (1/n) Σ (w·x - y)²。
PyTorch| w 是需要求梯度的张量，batches 是由一对对 (x, y) 组成的列表。请写出
PyTorch|
PyTorch|   total_loss(w, batches)   各个批量的均方误差之和，是一个 Python
PyTorch|                            的数（float）。
PyTorch|
PyTorch| 张量会一直引用着所有批量的计算图；.item() 取出来的只有那个数。
""",
)
