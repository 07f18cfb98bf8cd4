"""Rows looked up in a table: a row that was used twice gets two gradients."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The gradient of an embedding",
    title_zh="词嵌入的梯度",
    ask="""
A table (vocabulary, size) has a row for every letter; letters (seq_len,)
are ids, some of which come several times. Looking up is table[letters],
(seq_len, size). slope has that shape: the derivative of the loss by what
was looked up. Write

  gradient(table, letters, slope)    the derivative by the table,
                                     (vocabulary, size).

Rows whose letter does not occur get 0. JAX: .at[letters] of zeros.
PyTorch: a method of zeros that adds at an index.
""",
    ask_zh="""
table (词汇量, 维数) 的每一行是一个字母的向量；letters (seq_len,)
是编号，有的会出现多次。查表就是 table[letters]，形状
(seq_len, 维数)。slope 与它同形：损失对查出的向量的导数。请写

  gradient(table, letters, slope)    损失对 table 的导数，
                                     (词汇量, 维数)。

没有出现的字母，那一行是 0。JAX：对全零数组用 .at[letters]。
PyTorch：全零张量有一个在给定下标处累加的方法。
""",
)
