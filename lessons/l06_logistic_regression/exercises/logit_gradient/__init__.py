"""What was said minus what happened."""

from jaxdl.course.exercises import DERIVATIVES, Exercise

EXERCISE = Exercise(
    package=__name__,
    title="What was said minus what happened",
    title_zh="预测的概率减去真实标签",
    ask="""
The model is p = σ(z) with z = w·x + b, for numbers w and b; x and y have
the shape (n,), and y is 1.0 or 0.0. The loss is the mean cross-entropy,

  l = (1/n) Σ [-y·log p - (1 - y)·log(1 - p)]

Its derivative by the z of an example, but for the 1/n, is simply p - y.
Write, without jax.grad,

  slopes(w, b, x, y)   the pair (∂l/∂w, ∂l/∂b), two numbers.
""",
    ask_zh="""
模型是 p = σ(z)，z = w·x + b，w 和 b 是两个数；x 和 y 的形状是
(n,)，y 是 1.0 或 0.0。损失是交叉熵的平均值：

  l = (1/n) Σ [-y·log p - (1 - y)·log(1 - p)]

除了 1/n 以外，它对某个样本的 z 的导数就是 p - y。不用 jax.grad，
请写出

  slopes(w, b, x, y)   一对 (∂l/∂w, ∂l/∂b)，两个数。
""",
    without=DERIVATIVES,
)
