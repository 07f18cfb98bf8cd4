"""A step of Nesterov's momentum, as PyTorch and the paper have it."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A step with Nesterov's momentum",
    title_zh="Nesterov 动量的一步",
    ask="""
As torch.optim.SGD(nesterov=True) has it: first the velocity,

  v = momentum · v + gradient

and then a step along the gradient and, once more, the new velocity:

  w = w - learning_rate · (gradient + momentum · v)

  step(w, v, gradient, learning_rate, momentum)    the new (w, v)

All three arrays have the same shape.
""",
    ask_zh="""
与 torch.optim.SGD(nesterov=True) 相同：先更新速度，

  v = momentum · v + 梯度

再沿着梯度，加上新的速度，走一步：

  w = w - learning_rate · (梯度 + momentum · v)

  step(w, v, gradient, learning_rate, momentum)    新的 (w, v)

三个数组形状相同。
""",
)
