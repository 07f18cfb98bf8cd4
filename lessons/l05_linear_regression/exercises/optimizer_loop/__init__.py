"""The loop around an optimizer, and where its memory is."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A loop with an optimizer",
    title_zh="带优化器的循环",
    ask="""
loss is given, the mean squared error of a line wx + b over the examples x
and y, both of shape (n,). Write train. It takes a number of steps, each
with the gradient of this loss at the parameters that it has come to.

JAX| train(optimizer, params, x, y, steps) returns the last params, a dict with
JAX| "w" and "b". optimizer.init(params) gives the first state;
JAX| optimizer.update(gradient, state, params) gives a pair, updates and the
JAX| next state; optax.apply_updates(params, updates) gives the new params.
PyTorch| train(optimizer, model, x, y, steps) changes the model and returns nothing.
PyTorch| The optimizer holds the model's parameters; model(x) has the shape of x.

The optimizer may remember something from step to step.
""",
    ask_zh="""
损失 loss 已经给出，是直线 wx + b 对样本 x 和 y（形状都是 (n,)）的
均方误差。请写出 train，走 steps 步，每一步都用这个损失在当前参数处
的梯度。

JAX| train(optimizer, params, x, y, steps) 返回最后的 params，即含有
JAX| "w" 和 "b" 的字典。optimizer.init(params) 给出最初的状态；
JAX| optimizer.update(gradient, state, params) 给出一对：updates 和下一个
JAX| 状态；optax.apply_updates(params, updates) 给出新的 params。
PyTorch| train(optimizer, model, x, y, steps) 改动模型，不返回任何东西。
PyTorch| 优化器持有模型的参数；model(x) 的形状与 x 相同。

优化器可能要记住前几步的信息。
""",
)
