"""One step of gradient descent, as a function and in place."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="One step downhill",
    title_zh="沿下坡走一步",
    ask="""
The model is ŷ = wx with a single number w; x and y have the shape (n,).

JAX| loss(w, x, y) is given. Write
JAX|
JAX|   step(w, x, y, learning_rate)   a pair: the new w, and the loss before the
JAX|                                  step (at the old w).
JAX|
JAX| jax.value_and_grad(loss)(w, x, y) gives the loss and its slope by w, which
JAX| is the first argument.
PyTorch| w is a tensor that wants a gradient; slope(w, x, y), the slope of the mean
PyTorch| squared error, is given. Write
PyTorch|
PyTorch|   step(w, x, y, learning_rate)   changes w in place; returns nothing. Under
PyTorch|                                  torch.no_grad(): PyTorch refuses to change
PyTorch|                                  such a tensor while it records.
""",
    ask_zh="""
模型是 ŷ = wx，w 是一个数；x 和 y 的形状是 (n,)。

JAX| loss(w, x, y) 已经给出。请写出
JAX|
JAX|   step(w, x, y, learning_rate)   返回一对：新的 w，以及这一步之前
JAX|                                  的损失（在旧的 w 处）。
JAX|
JAX| jax.value_and_grad(loss)(w, x, y) 给出损失和它对 w（第一个自变量）
JAX| 的斜率。
PyTorch| w 是需要求梯度的张量；slope(w, x, y)，即均方误差的斜率，已经给出。
PyTorch| 请写出
PyTorch|
PyTorch|   step(w, x, y, learning_rate)   就地改动 w，不返回任何东西。要放在
PyTorch|                                  torch.no_grad() 里：正在记录运算
PyTorch|                                  时，PyTorch 不允许这样改动。
""",
)
