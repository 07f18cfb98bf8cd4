"""A recurrence that stops at the end of each name, from either side."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A recurrence that stops where the name ends",
    title_zh="在名字结束处停下的循环",
    ask="""
JAX| A net reads names of different lengths: after each letter its state is
JAX|
JAX|     h' = tanh(x_t + w h),    w a number, h = 0 before the first letter.
JAX|
JAX| x is (width, n, hidden), time first, with rubbish in the padding; lengths
JAX| is (n,). read(w, x, lengths, reverse) returns the state (n, hidden) after
JAX| the whole name: in the padding the state stays as it was. With reverse
JAX| the letters come from the right, the padding first.
PyTorch| A net reads names of different lengths: gru, a bidirectional nn.GRU with
PyTorch| batch_first=True. x is (n, width, inputs), with rubbish in the padding,
PyTorch| which pack_padded_sequence takes out; lengths is (n,). The names come in
PyTorch| any order. Write
PyTorch|
PyTorch|   last(gru, x, lengths)   the last states of both directions,
PyTorch|                           (2, n, hidden).
""",
    ask_zh="""
JAX| 网络读长短不一的名字，每读一个字母，状态变成
JAX|
JAX|     h' = tanh(x_t + w h)，   w 是一个数，第一个字母之前 h = 0。
JAX|
JAX| x 的形状是 (width, n, hidden)，时间在前，填充处是无意义的数；
JAX| lengths 的形状是 (n,)。read(w, x, lengths, reverse) 返回读完
JAX| 整个名字后的状态 (n, hidden)：在填充处状态保持不变。
JAX| reverse 为 True 时从右往左读，先遇到的是填充。
PyTorch| 网络读长短不一的名字：gru 是 batch_first=True 的双向 nn.GRU。
PyTorch| x 的形状是 (n, width, inputs)，填充处是无意义的数，用
PyTorch| pack_padded_sequence 去掉；lengths 的形状是 (n,)。名字的次序是
PyTorch| 任意的。请写出
PyTorch|
PyTorch|   last(gru, x, lengths)   两个方向的最后状态，(2, n, hidden)。
""",
)
