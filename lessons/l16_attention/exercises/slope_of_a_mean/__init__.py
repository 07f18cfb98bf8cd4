"""The gradient of a weighted mean by the scores, by hand."""

from jaxdl.course.exercises import DERIVATIVES, Exercise

EXERCISE = Exercise(
    package=__name__,
    title="How a weighted mean moves with its scores",
    title_zh="加权平均随得分怎样变",
    ask="""
Attention takes a mean, since a choice has no slope. Here is the slope.
scores (n,) and v (n,) belong to n letters read; with

    a = softmax(scores)     weights, positive, with the sum 1
    c = Σ aⱼ vⱼ             the mean, a number

write, without jax.grad,

  mean(scores, v)   c;
  slope(scores, v)  (n,): the derivatives of c by each of the scores.

From calculus: the derivative of aⱼ by score k is aⱼ (1 - aⱼ) where
j = k, and -aⱼ aₖ elsewhere.
""",
    ask_zh="""
注意力取平均，因为“选择”没有梯度。这里求平均的梯度。
scores (n,) 和 v (n,) 属于 n 个读过的字母；设

    a = softmax(scores)     权重，都是正数，和为 1
    c = Σ aⱼ vⱼ             平均值，一个数

不用 jax.grad，写出

  mean(scores, v)   c；
  slope(scores, v)  (n,)：c 对每个得分的导数。

微积分告诉我们：aⱼ 对第 k 个得分的导数，j = k 时是 aⱼ (1 - aⱼ)，
其余是 -aⱼ aₖ。
""",
    without=DERIVATIVES,
)
