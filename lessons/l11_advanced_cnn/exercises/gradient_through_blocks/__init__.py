"""The gradient through a stack of plain blocks and of residual blocks: products of slopes."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="How much gradient reaches the first block",
    title_zh="有多少梯度传到第一个块",
    ask="""
Blocks are stacked; a block does x -> f(x), or with a shortcut x + f(x).
slopes (blocks,) are the derivatives of f in each of them, at the places
where x passes; arriving is the derivative of the loss behind the last
block, a number. Write the derivative of the loss before the first block:

  plain(slopes, arriving)       without shortcuts;
  residual(slopes, arriving)    with them.
""",
    ask_zh="""
若干个块依次相连；第 k 个块做 x -> f(x)，带捷径时是 x -> x + f(x)。
slopes (块数,) 是各块里 f 在 x 经过之处的导数；arriving 是损失对
最后一个块的输出的导数，一个数。请写损失对第一个块的输入的导数：

  plain(slopes, arriving)       没有捷径；
  residual(slopes, arriving)    有捷径。
""",
)
