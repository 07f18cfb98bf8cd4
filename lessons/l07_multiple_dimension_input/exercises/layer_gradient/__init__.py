"""The gradient of a linear layer for n examples: a product for the kernel, a sum for the bias."""

from jaxdl.course.exercises import DERIVATIVES, Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A layer's gradient by hand",
    title_zh="手写一层的梯度",
    ask="""
A layer computes z = xK + b: x (n, inputs), K (inputs, outputs),
b (outputs,), z (n, outputs). Back-propagation has come as far as z: slope,
(n, outputs), is the derivative of the loss by every number of z. Write

  gradient(x, slope)    the loss's gradient for the layer.

JAX| By hand, without jax.grad: a dict, {"kernel": like K, "bias": like b}.
PyTorch| By hand, without backward(): a pair, like weight and like bias; weight
PyTorch| is (outputs, inputs), K transposed.

Nothing is to be divided by n: slope has in it whatever the loss does with n
examples.
""",
    ask_zh="""
一层计算 z = xK + b：x 是 (n, 输入)，K 是 (输入, 输出)，
b 是 (输出,)，z 是 (n, 输出)。反向传播已经到了 z：slope 的
形状是 (n, 输出)，是损失对 z 中每个数的导数。请写

  gradient(x, slope)    损失对这一层参数的梯度。

JAX| 手写，不用 jax.grad：返回字典 {"kernel": 与 K 同形, "bias": 与 b
JAX| 同形}。
PyTorch| 手写，不用 backward()：返回一对，分别与 weight、bias 同形；weight
PyTorch| 是 (输出, 输入)，即 K 的转置。

不要除以 n：损失怎样合并 n 个样本，已经体现在 slope 里。
""",
    without=DERIVATIVES,
)
