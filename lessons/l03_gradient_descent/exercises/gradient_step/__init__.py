"""One step of gradient descent, as a function and in place."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="One step downhill",
    title_zh="沿下坡走一步",
    ask="""
The model is ŷ = wx with a single number w; x and y have the shape (n,).

In JAX loss(w, x, y) is given. Write

  step(w, x, y, learning_rate)   a pair: the new w, and the loss before the
                                 step (at the old w).

jax.value_and_grad(loss)(w, x, y) gives the loss and its slope by w, which
is the first argument.

In PyTorch w is a tensor that wants a gradient, and slope(w, x, y) is given.
Write

  step(w, x, y, learning_rate)   changes w in place; returns nothing. Under
                                 torch.no_grad(): PyTorch refuses to change
                                 such a tensor while it records.
""",
    ask_zh="""
模型是 ŷ = wx，w 是一个数；x 和 y 的形状是 (n,)。

JAX：loss(w, x, y) 已经给出。请写出

  step(w, x, y, learning_rate)   返回一对：新的 w，以及这一步之前
                                 的损失（在旧的 w 处）。

jax.value_and_grad(loss)(w, x, y) 给出损失和它对 w（第一个自变量）
的斜率。

PyTorch：w 是需要求梯度的张量，slope(w, x, y) 已经给出。请写出

  step(w, x, y, learning_rate)   就地改动 w，不返回任何东西。要放在
                                 torch.no_grad() 里：正在记录运算
                                 时，PyTorch 不允许这样改动。
""",
)
