"""Padding struck out of the scores, before the softmax."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Padding is struck out before the softmax",
    title_zh="在 softmax 之前去掉填充",
    ask="""
scores (n, answer, width) are those of every letter written with every
letter read; x (n, width) has the letters read, 0 in the padding.

  weights(scores, x)  (n, answer, width): the softmax over the letters
      read, padding having the weight 0.

A row of x may be nothing but padding. Its weights must be finite: let
them be equal, 1 / width. So a score of -inf will not do, of which
nothing but NaN would come; the lowest finite number will:
JAX| jnp.finfo(scores.dtype).min.
PyTorch| torch.finfo(scores.dtype).min.
""",
    ask_zh="""
scores (n, answer, width) 是每个要写的字母与每个读过的字母的得分；
x (n, width) 是读过的字母，填充处是 0。

  weights(scores, x)  (n, answer, width)：对读过的字母取
      softmax，填充的权重是 0。

x 的某一行可能全是填充。它的权重也必须是有限的：都等于 1 / width。
所以不能用 -inf 作得分，那样只会得到 NaN；要用最小的有限数：
JAX| jnp.finfo(scores.dtype).min。
PyTorch| torch.finfo(scores.dtype).min。
""",
)
