"""What an optimizer remembers is a value."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="What momentum remembers",
    title_zh="动量记住了什么",
    ask="""
SGD with momentum remembers an array, the trace:

  the new trace      momentum · the old trace + gradient
  what is added to   -learning_rate · the new trace
  the parameters

Write it as an Optax optimizer does it, where nothing is changed in place:

  update(gradient, trace, learning_rate, momentum)   a pair: what is added
                                                     to the parameters, and
                                                     the new trace.

gradient and trace are arrays of the same shape; the other two are numbers.
""",
    ask_zh="""
带动量的 SGD 要记住一个数组 trace：

  新的 trace        momentum · 旧的 trace + gradient
  加到参数上的量    -learning_rate · 新的 trace

请像 Optax 的优化器那样写，什么都不就地改动：

  update(gradient, trace, learning_rate, momentum)

返回一对：加到参数上的量，以及新的 trace。gradient 和 trace 是形状
相同的数组，另外两个是数。
""",
)
