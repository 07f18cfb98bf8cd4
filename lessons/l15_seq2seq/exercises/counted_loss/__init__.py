"""Which letters of an answer count, and by how many is divided."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Which letters count",
    title_zh="哪些字母计入损失",
    ask="""
y (n, width) has answers, letters from 1 on, and 0 behind their ends. A
net must learn the letters, and to stop: the first 0 counts, the others
are padding.

  mask(y)        (n, width) of bool: which places count;
JAX|   loss(each, y)  each (n, width) has every place's cross-entropy: the
JAX|                  mean over those that count, a number.
PyTorch|   loss(logits, y)  logits (n, width, letters): the mean of the
PyTorch|                    cross-entropy over the places that count, a number.
""",
    ask_zh="""
y (n, width) 里是答案，字母从 1 开始编号，结束之后是 0。
网络既要学字母，也要学会停下：第一个 0 计入损失，其余的 0 是填充。

  mask(y)        (n, width) 的布尔数组：哪些位置计入；
JAX|   loss(each, y)  each (n, width) 是每个位置的交叉熵：对计入的
JAX|                  位置取平均，一个数。
PyTorch|   loss(logits, y)  logits (n, width, letters)：交叉熵对计入的
PyTorch|                    位置取平均，一个数。
""",
)
