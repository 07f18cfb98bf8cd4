"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong
from lessons.l17_state_and_randomness.exercises.carried_state.solution import loss_and_stats


def found(weights, stats, x, **options):
    return jax.value_and_grad(loss_and_stats, has_aux=True, **options)(weights, stats, x)


@wrong(
    "step",
    "Without has_aux the function has to return one number; it returns a pair.",
    "没有 has_aux 时，函数必须只返回一个数；它返回的是一对。",
)
def without_has_aux(weights, stats, x, rate):
    (loss, new), gradient = jax.value_and_grad(loss_and_stats)(weights, stats, x)
    return weights - rate * gradient, new, loss


@wrong(
    "step",
    "The statistics that came back are dropped, and the old ones go on. The losses stay right for "
    "a while; evaluation is wrong from the first step.",
    "返回的统计量丢掉了，接着用的是旧的。损失在一段时间里都对；评估从第一步起就错了。",
)
def statistics_dropped(weights, stats, x, rate):
    (loss, _), gradient = found(weights, stats, x)
    return weights - rate * gradient, stats, loss


@wrong(
    "step",
    "The statistics are taken a step along a gradient. They are kept, not learnt: take what the "
    "function returned.",
    "统计量也沿梯度走了一步。它是记下来的，不是学来的：请用函数返回的那个。",
)
def statistics_learnt(weights, stats, x, rate):
    (loss, _), (gradient, slope) = found(weights, stats, x, argnums=(0, 1))
    return weights - rate * gradient, stats - rate * slope, loss


@wrong(
    "step",
    "The loss is asked for a second time, after the step: with the new weights it is another one.",
    "在走完这一步之后又求了一次损失：权重已经是新的，损失也就不同了。",
)
def loss_after_the_step(weights, stats, x, rate):
    (_, new), gradient = found(weights, stats, x)
    weights = weights - rate * gradient
    return weights, new, loss_and_stats(weights, stats, x)[0]


@wrong(
    "step",
    "This is the gradient by the statistics, the argument number 1. The weights are number 0.",
    "这是对统计量（第 1 个参数）的梯度。weights 是第 0 个。",
)
def by_the_statistics(weights, stats, x, rate):
    (loss, new), gradient = found(weights, stats, x, argnums=1)
    return weights - rate * gradient, new, loss
