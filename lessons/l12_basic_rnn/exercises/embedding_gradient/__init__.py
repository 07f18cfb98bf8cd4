"""Rows looked up in a table: a row that was used twice gets two gradients."""

from jaxdl.course.exercises import DERIVATIVES, Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The gradient of an embedding",
    title_zh="词嵌入的梯度",
    ask="""
A table (vocabulary, size) has a row for every letter; letters (seq_len,)
are ids, some of which come several times. Looking up is table[letters],
(seq_len, size). slope has that shape: the derivative of the loss by what
JAX| was looked up. Write, by hand and without jax.grad,
PyTorch| was looked up. Write, by hand and without backward(),

  gradient(table, letters, slope)    the derivative by the table,
                                     (vocabulary, size).

Rows whose letter does not occur get 0.
JAX| Zeros have an .at[letters].
PyTorch| Zeros have a method that adds at an index.
""",
    ask_zh="""
table (词汇量, 维数) 的每一行是一个字母的向量；letters (seq_len,)
是编号，有的会出现多次。查表就是 table[letters]，形状
(seq_len, 维数)。slope 与它同形：损失对查出的向量的导数。
JAX| 请手写（不用 jax.grad）：
PyTorch| 请手写（不用 backward()）：

  gradient(table, letters, slope)    损失对 table 的导数，
                                     (词汇量, 维数)。

没有出现的字母，那一行是 0。
JAX| 对全零数组用 .at[letters]。
PyTorch| 全零张量有一个在给定下标处累加的方法。
""",
    without=DERIVATIVES,
)
