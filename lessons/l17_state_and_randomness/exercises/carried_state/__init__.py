"""A step whose loss also returns statistics: what is differentiated, and what is carried."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Statistics beside the loss",
    title_zh="与损失一起返回的统计量",
    ask="""
loss_and_stats(weights, stats, x) returns (loss, new stats): the gradient
of the loss is wanted, and the statistics, too. Write one step:

  step(weights, stats, x, rate)  (new weights, new stats, loss): the
      weights less rate times the gradient of the loss by weights; the
      statistics that loss_and_stats returned.

weights and stats are arrays (features,). It is there already, and is
not to be changed.
""",
    ask_zh="""
loss_and_stats(weights, stats, x) 返回 (损失, 新的 stats)：
既要损失的梯度，也要统计量。请写出一步：

  step(weights, stats, x, rate)  (新的 weights, 新的 stats, 损失)：
      weights 减去 rate 乘以损失对 weights 的梯度；
      stats 是 loss_and_stats 返回的。

weights 和 stats 都是 (features,) 的数组。loss_and_stats 已经写好，
不用改。
""",
)
