"""The state goes in, the next one comes out: letter by letter, every state kept."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A recurrence as a loop",
    title_zh="用循环写递推",
    ask="""
x is (seq_len, batch, features). Begin with a state h of zeros, (batch,
hidden), and at every step compute

  h' = tanh(x_t · w + h · u + b)        x_t: step t of x, (batch, features)

with w (features, hidden), u (hidden, hidden), b (hidden,). Write

  run(x, w, u, b)    all states, one after each step:
                     (seq_len, batch, hidden).

A Python loop over x does it; stack makes one array of a list.
""",
    ask_zh="""
x 是 (seq_len, batch, features)。从全零的状态 h 开始，形状
(batch, hidden)，每一步计算

  h' = tanh(x_t · w + h · u + b)     x_t：x 的第 t 步，
                                     (batch, features)

w 是 (features, hidden)，u 是 (hidden, hidden)，b 是 (hidden,)。
请写

  run(x, w, u, b)    每一步之后的状态，全部保留：
                     (seq_len, batch, hidden)。

用 Python 循环走过 x；stack 把列表变成一个数组。
""",
)
