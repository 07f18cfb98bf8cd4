"""A loss over n examples, and its gradient for a dict of parameters."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A mean over the examples, and its gradient",
    title_zh="对样本取平均，再求梯度",
    ask="""
JAX| The line is w x + b, with params = {"w": w, "b": b}. Write
JAX|
JAX|   loss(params, x, y)      the mean over the n examples of
JAX|                           (w x + b - y)², a number;
JAX|   gradient(params, x, y)  its gradient: a dict with the keys of params.
PyTorch| The line is w x + b; w and b are tensors that want a gradient, and w.grad
PyTorch| and b.grad may hold something from an earlier call. Write
PyTorch|
PyTorch|   loss(w, b, x, y)      the mean over the n examples of (w x + b - y)²,
PyTorch|                         a number;
PyTorch|   gradient(w, b, x, y)  a pair: its gradients by w and by b.

x and y have the shape (n,).
""",
    ask_zh="""
JAX| 直线是 w x + b，参数是 params = {"w": w, "b": b}。请写出
JAX|
JAX|   loss(params, x, y)      n 个样本的 (w x + b - y)² 的平均值，
JAX|                           一个数；
JAX|   gradient(params, x, y)  它的梯度：与 params 有相同键的字典。
PyTorch| 直线是 w x + b；w 和 b 是需要求梯度的张量，w.grad 和 b.grad 里
PyTorch| 可能还有以前的调用留下的值。请写出
PyTorch|
PyTorch|   loss(w, b, x, y)      n 个样本的 (w x + b - y)² 的平均值，
PyTorch|                         一个数；
PyTorch|   gradient(w, b, x, y)  一对：它对 w 和对 b 的梯度。

x 和 y 的形状是 (n,)。
""",
)
