"""Probabilities at a temperature, down to 0."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Temperature, down to 0",
    title_zh="温度，一直到 0",
    ask="""
logits (n, letters) are what a net says of n next letters.

  probabilities(logits, temperature)  (n, letters): the softmax of the
      logits divided by the temperature. At temperature 0 all of the
      probability is on the likeliest letter.

It is called inside jax.jit with the temperature as an argument, too: no
Python `if` can ask what it is. And 0 may not divide anything.
""",
    ask_zh="""
logits 的形状是 (n, letters)，是网络对 n 个“下一个字符”的说法。

  probabilities(logits, temperature)  (n, letters)：logits 除以
      温度，再取 softmax。温度为 0 时，全部概率都在最可能的
      那个字符上。

它也会在 jax.jit 里被调用，温度是参数：不能用 Python 的 if 去问
它是多少。也不能用 0 去除。
""",
)
