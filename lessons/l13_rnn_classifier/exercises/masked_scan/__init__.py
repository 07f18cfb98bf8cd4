"""A recurrence that stops at the end of each name, from either side."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A recurrence that stops where the name ends",
    title_zh="在名字结束处停下的循环",
    ask="""
A net reads names of different lengths: after each letter its state is

    h' = tanh(x_t + w h),    w a number, h = 0 before the first letter.

x is (width, n, hidden), time first, with rubbish in the padding; lengths
is (n,). read(w, x, lengths, reverse) returns the state (n, hidden) after
the whole name: in the padding the state stays as it was. With reverse
the letters come from the right, the padding first.

In PyTorch's style the recurrence is a bidirectional nn.GRU with
batch_first=True, x is (n, width, inputs), and pack_padded_sequence takes
the padding out. last(gru, x, lengths) returns the last states of both
directions, (2, n, hidden). The names come in any order.
""",
    ask_zh="""
网络读长短不一的名字，每读一个字母，状态变成

    h' = tanh(x_t + w h)，   w 是一个数，第一个字母之前 h = 0。

x 的形状是 (width, n, hidden)，时间在前，填充处是无意义的数；
lengths 的形状是 (n,)。read(w, x, lengths, reverse) 返回读完
整个名字后的状态 (n, hidden)：在填充处状态保持不变。
reverse 为 True 时从右往左读，先遇到的是填充。

PyTorch 一侧的循环网络是 batch_first=True 的双向 nn.GRU，
x 的形状是 (n, width, inputs)，用 pack_padded_sequence
去掉填充。last(gru, x, lengths) 返回两个方向的最后状态，
形状 (2, n, hidden)。名字的次序是任意的。
""",
)
