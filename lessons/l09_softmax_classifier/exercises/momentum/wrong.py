"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "step",
    "w moves along the new velocity; this used the old one, which knows nothing of this gradient.",
    "w 要沿新的速度移动；这里用的是旧速度，里面还没有这一步的梯度。",
)
def along_the_old_velocity(w, v, gradient, learning_rate, momentum):
    return w - learning_rate * v, momentum * v + gradient


@wrong(
    "step",
    "The gradient is added in full. A share 1 - momentum of it would be an average, which is "
    "another rule.",
    "梯度是完整地加进去的。只取 1 - momentum 的份额就成了加权平均，那是另一条规则。",
)
def an_average(w, v, gradient, learning_rate, momentum):
    v = momentum * v + (1 - momentum) * gradient
    return w - learning_rate * v, v


@wrong(
    "step",
    "Here the learning rate is inside the velocity. w is right, but the v that is handed on is "
    "not the one asked for.",
    "学习率被放进了速度里。w 是对的，但传下去的 v 不是所要的。",
)
def learning_rate_inside(w, v, gradient, learning_rate, momentum):
    old = learning_rate * v
    v = momentum * old + learning_rate * gradient
    return w - v, v


@wrong(
    "step",
    "Without momentum · v nothing is remembered: that is plain gradient descent.",
    "没有 momentum · v 这一项就什么也没记住：那是普通的梯度下降。",
)
def nothing_remembered(w, v, gradient, learning_rate, momentum):
    return w - learning_rate * gradient, gradient


@wrong(
    "step",
    "The gradient points uphill: w goes against the velocity.",
    "梯度指向上坡：w 要沿速度的反方向走。",
)
def uphill(w, v, gradient, learning_rate, momentum):
    v = momentum * v + gradient
    return w + learning_rate * v, v
