"""The gradient of each example, rather than of their mean."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The gradient of each example",
    title_zh="每个样本各自的梯度",
    ask="""
loss(w, x, y) is given for one example: w has the shape (k,), x too, y is a
number, and so is the loss. Now there are n examples, xs of shape (n, k) and
ys of shape (n,). Write

  gradients(w, xs, ys)   of shape (n, k): row i is the gradient by w of the
                         loss of example i.

jax.grad needs a function whose result is a single number; jax.vmap makes of
a function of one example one of many.
""",
    ask_zh="""
loss(w, x, y) 已经给出，它针对一个样本：w 的形状是 (k,)，x 也是，
y 是一个数，损失也是一个数。现在有 n 个样本，xs 的形状是 (n, k)，
ys 的形状是 (n,)。请写出

  gradients(w, xs, ys)   形状 (n, k)：第 i 行是第 i 个样本的损失
                         对 w 的梯度。

jax.grad 要求函数的结果是单个的数；jax.vmap 把针对一个样本的函数
变成针对许多样本的函数。
""",
)
