"""jax.lax.scan over the time of sequences whose first axis is the batch."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The same recurrence as a scan, batch first",
    title_zh="用 scan 写递推，batch 在前",
    ask="""
step(h, x_t) is given: the next state, (batch, hidden), of a state and one
step of the input, (batch, hidden). x is (batch, seq_len, hidden): the batch
comes first. Write

  run(x, h)    (states, last): the states after every step,
               (batch, seq_len, hidden), and the last one, (batch, hidden).

Use jax.lax.scan(f, h, inputs). It cuts inputs along axis 0, calls
f(h, input), which returns a pair (the next h, what is kept of this step),
and returns (the last h, all that was kept along a new axis 0).
""",
    ask_zh="""
已给出 step(h, x_t)：由状态和输入的一步（形状都是
(batch, hidden)）得到下一个状态。x 是 (batch, seq_len, hidden)：
batch 在前。请写

  run(x, h)    (states, last)：每一步之后的状态，
               (batch, seq_len, hidden)；以及最后的状态，
               (batch, hidden)。

用 jax.lax.scan(f, h, inputs)。它沿第 0 轴切开 inputs，调用
f(h, input)，后者返回一对（下一个 h，这一步要保留的）；scan 返回
（最后的 h，沿新的第 0 轴排好的保留值）。
""",
)
