"""One step moves every parameter, each against its own slope."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="One step moves every parameter",
    title_zh="一步更新所有的参数",
    ask="""
The net is ŷ = w2·σ(w1·x) with numbers w1 and w2, the loss of one example
(ŷ - y)². A step moves both by -learning_rate times the slope of the loss by
them, both slopes taken at the old values.

JAX| loss(params, x, y) is given, params being {"w1": w1, "w2": w2}. Write
JAX| step(params, x, y, learning_rate), which returns the new params.
JAX| jax.tree.map(f, a, b) calls f with the matching numbers of two dicts.
PyTorch| w1 and w2 are tensors that want a gradient. Write step(w1, w2, x, y,
PyTorch| learning_rate), which changes both in place and returns nothing. The loss
PyTorch| is there; what is missing is backward, the update, and that the next call
PyTorch| must not find this one's gradients. Mind the order.
""",
    ask_zh="""
网络是 ŷ = w2·σ(w1·x)，w1 和 w2 是两个数；一个样本的损失是
(ŷ - y)²。走一步，就是把两个参数各自移动 -learning_rate 乘以损失
对它的斜率，两个斜率都在旧的值处求。

JAX| loss(params, x, y) 已经给出，params 是 {"w1": w1, "w2": w2}。
JAX| 请写出 step(params, x, y, learning_rate)，返回新的 params。
JAX| jax.tree.map(f, a, b) 用两个字典里对应的数调用 f。
PyTorch| w1 和 w2 是需要求梯度的张量。请写出
PyTorch| step(w1, w2, x, y, learning_rate)，就地改动两个参数，不返回任何
PyTorch| 东西。损失已经写好；缺的是 backward、更新，还有：下一次调用不应当
PyTorch| 遇到这一次的梯度。注意先后顺序。
""",
)
