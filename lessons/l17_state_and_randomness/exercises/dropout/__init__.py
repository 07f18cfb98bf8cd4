"""Dropout of a key: who is kept, and by how much it grows."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Dropout, with a key of its own",
    title_zh="dropout，用自己的 key",
    ask="""
JAX|   dropout(key, x, rate)         x (n, units) after dropout.
PyTorch|   dropout(generator, x, rate)   x (n, units) after dropout.

Each number of x is set to 0 with the probability rate, by itself; the
others are multiplied by 1 / (1 - rate), so that the mean stays.

JAX| Draw whether a number is kept by jax.random.bernoulli(key, …, x.shape).
PyTorch| Draw torch.rand(x.shape, generator=generator); where it is below 1 - rate
PyTorch| the number is kept.
""",
    ask_zh="""
JAX|   dropout(key, x, rate)         dropout 之后的 x (n, units)。
PyTorch|   dropout(generator, x, rate)   dropout 之后的 x (n, units)。

x 的每个数各自以概率 rate 置为 0；其余的乘以 1 / (1 - rate)，使平均值
不变。

JAX| 用 jax.random.bernoulli(key, …, x.shape) 抽出哪些数留下。
PyTorch| 抽 torch.rand(x.shape, generator=generator)，小于 1 - rate 的留下。
""",
)
