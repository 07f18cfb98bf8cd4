"""Noise of its own for every step, and the same again when a step is taken again."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A key for every step",
    title_zh="每一步一个 key",
    ask="""
A training state is {"key", "count", "w"}. In every step w (size,) gets
noise of that step's own added, drawn in the shape of w by

    jax.random.normal(jax.random.fold_in(key, count), w.shape)

and count grows by one. The key stays: a step that is taken again from an
old state must draw the same again.

  step(state)  the next state; the old one stays as it is.
""",
    ask_zh="""
训练状态是 {"key", "count", "w"}。每一步给 w (size,) 加上这一步自己的
噪声，按 w 的形状抽取：

  jax.random.normal(jax.random.fold_in(key, count), w.shape)

然后 count 加一。key 不变：从旧的状态把一步再走一遍，
抽到的必须相同。

  step(state)  下一个状态；旧的状态保持不变。
""",
)
