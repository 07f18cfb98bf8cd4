"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "step",
    "This is momentum without Nesterov: the step is along gradient + momentum · v, not along v.",
    "这是没有 Nesterov 的动量：应当沿 梯度 + momentum · v 走，而不是沿 v。",
)
def plain(w, v, gradient, learning_rate, momentum):
    v = momentum * v + gradient
    return w - learning_rate * v, v


@wrong(
    "step",
    "The step uses the old velocity, which gives plain momentum: use the new one.",
    "这一步用的是旧的速度，结果就是普通动量：要用新的速度。",
)
def old_velocity(w, v, gradient, learning_rate, momentum):
    new = momentum * v + gradient
    return w - learning_rate * (gradient + momentum * v + 0 * new), momentum * v


@wrong(
    "step",
    "The learning rate went into the velocity; in PyTorch it is in the step alone.",
    "学习率进了速度里；在 PyTorch 里它只出现在走步的地方。",
)
def rate_in_the_velocity(w, v, gradient, learning_rate, momentum):
    v = momentum * v - learning_rate * gradient
    return w + momentum * v - learning_rate * gradient, v


@wrong(
    "step",
    "Down the slope, not up: subtract.",
    "要往下坡走，不是上坡：应当减。",
)
def uphill(w, v, gradient, learning_rate, momentum):
    v = momentum * v + gradient
    return w + learning_rate * (gradient + momentum * v), v


@wrong(
    "step",
    "Asked is the pair (w, v), in this order.",
    "要返回的是 (w, v)，按这个顺序。",
)
def other_order(w, v, gradient, learning_rate, momentum):
    v = momentum * v + gradient
    return v, w - learning_rate * (gradient + momentum * v)
