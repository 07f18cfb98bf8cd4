"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "update",
    "This goes uphill: what is added to the parameters has a minus.",
    "这是在往上坡走：加到参数上的量要带负号。",
)
def uphill(gradient, trace, learning_rate, momentum):
    trace = momentum * trace + gradient
    return learning_rate * trace, trace


@wrong(
    "update",
    "What is added is right, and the memory is lost: the old trace is returned where the new one "
    "is asked for.",
    "加到参数上的量是对的，但没有记住：返回的是旧的 trace，应当是新的。",
)
def the_old_trace(gradient, trace, learning_rate, momentum):
    return -learning_rate * (momentum * trace + gradient), trace


@wrong(
    "update",
    "The trace is a sum of gradients; the learning rate multiplies it only when it is added to "
    "the parameters. Otherwise a later change of the rate would not reach what is remembered.",
    "trace 是梯度的累加；只有加到参数上时才乘以学习率。否则以后改变学习率，就影响不到已经记住的部"
    "分。",
)
def the_rate_in_the_trace(gradient, trace, learning_rate, momentum):
    trace = momentum * trace - learning_rate * gradient
    return trace, trace


@wrong(
    "update",
    "The gradient counts in full here: momentum · trace + gradient. With a factor 1 - momentum it "
    "would be a running mean.",
    "这里梯度的系数是 1：momentum · trace + gradient。乘上 1 - momentum 就成了滑动平均。",
)
def a_running_mean(gradient, trace, learning_rate, momentum):
    trace = momentum * trace + (1 - momentum) * gradient
    return -learning_rate * trace, trace


@wrong(
    "update",
    "The old trace has no part in what is added: this is plain SGD. Use the new trace, not the "
    "gradient alone.",
    "加到参数上的量里没有用到旧的 trace：这是普通的 SGD。要用新的 trace，而不只是梯度。",
)
def plain(gradient, trace, learning_rate, momentum):
    return -learning_rate * gradient, momentum * trace + gradient
