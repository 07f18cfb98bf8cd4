"""The rule of momentum as both frameworks have it: as new values, and in place."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A step with momentum",
    title_zh="带动量的一步",
    ask="""
Every parameter w has a velocity v of its shape. A step is

  v = momentum · v + gradient
  w = w - learning_rate · v          (the new v)

Write

JAX|   step(w, v, gradient, learning_rate, momentum)   the new w and the new v.
PyTorch|   step(w, v, learning_rate, momentum)   changes the tensors w and v
PyTorch|                                         themselves and returns nothing.
PyTorch|
PyTorch| The gradient is w.grad, and w requires a gradient, so that it may be
PyTorch| changed only inside torch.no_grad().
""",
    ask_zh="""
每个参数 w 有一个同形的速度 v。走一步就是

  v = momentum · v + 梯度
  w = w - learning_rate · v          （用新的 v）

请写出

JAX|   step(w, v, gradient, learning_rate, momentum)   新的 w 和新的 v。
PyTorch|   step(w, v, learning_rate, momentum)   直接修改张量 w 和 v，
PyTorch|                                         不返回任何东西。
PyTorch|
PyTorch| 梯度是 w.grad。w 需要梯度，所以只能在 torch.no_grad() 里修改它。
""",
)
