"""A learning rate that falls from step to step."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A learning rate that falls with every step",
    title_zh="逐步下降的学习率",
    ask="""
gradients (steps, size) are those of `steps` steps, w (size,) is where
they begin. Step number k, counted from 0, is

    w <- w - rate · decay^k · gradients[k]

  descend(w, gradients, rate, decay)  w after all steps, by optax.sgd.

optax.sgd takes a function for the learning rate: it is given the number
of the steps taken before, an integer array, which the optimizer's state
keeps. (float ** integer array is fine.)
""",
    ask_zh="""
gradients (steps, size) 是各步的梯度，w (size,) 是起点。
第 k 步（从 0 数起）是

    w <- w - rate · decay^k · gradients[k]

  descend(w, gradients, rate, decay)  走完所有步之后的 w，
                                      用 optax.sgd。

optax.sgd 的学习率可以是一个函数：传给它的是之前走过的步数，
一个整数数组，由优化器的状态记着。（浮点数 ** 整数数组没有问题。）
""",
)
