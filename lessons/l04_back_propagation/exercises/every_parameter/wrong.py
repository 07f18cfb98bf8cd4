"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong
from lessons.l04_back_propagation.exercises.every_parameter.solution import loss


@wrong(
    "step",
    "Only the first layer has moved. The gradient has a slope for every parameter, and each moves "
    "by its own.",
    "只有第一层动了。梯度里每个参数都有自己的斜率，每个参数都要按自己的斜率移动。",
)
def the_first_alone(params, x, y, learning_rate):
    slopes = jax.grad(loss)(params, x, y)
    return {**params, "w1": params["w1"] - learning_rate * slopes["w1"]}


@wrong(
    "step",
    "The slope of the second was taken after the first had moved. One call of jax.grad gives "
    "both, at the old values.",
    "第二个参数的斜率是在第一个移动之后求的。调用一次 jax.grad，就得到旧值处的两个斜率。",
)
def one_after_the_other(params, x, y, learning_rate):
    for name in ("w1", "w2"):
        slope = jax.grad(loss)(params, x, y)[name]
        params = {**params, name: params[name] - learning_rate * slope}
    return params


@wrong(
    "step",
    "This goes uphill: a step is against the slope, with a minus.",
    "这是在往上坡走：要逆着斜率走，用减号。",
)
def uphill(params, x, y, learning_rate):
    slopes = jax.grad(loss)(params, x, y)
    return jax.tree.map(lambda w, slope: w + learning_rate * slope, params, slopes)


@wrong(
    "step",
    "These are the slopes; the step is the parameters minus learning_rate times them.",
    "这是斜率；走一步得到的，是参数减去 learning_rate 乘以斜率。",
)
def the_slopes(params, x, y, learning_rate):
    return jax.grad(loss)(params, x, y)


@wrong(
    "step",
    "Dicts cannot be multiplied or subtracted; jax.tree.map(f, params, slopes) calls f with the "
    "numbers in them.",
    "字典不能相乘、相减；jax.tree.map(f, params, slopes) 用里面的数来调用 f。",
)
def with_dicts(params, x, y, learning_rate):
    return params - learning_rate * jax.grad(loss)(params, x, y)


@wrong(
    "step",
    "The whole slope is too far; multiply it by the learning rate.",
    "走整个斜率那么远太远了；要先乘以学习率。",
)
def without_the_rate(params, x, y, learning_rate):
    slopes = jax.grad(loss)(params, x, y)
    return jax.tree.map(lambda w, slope: w - slope, params, slopes)
