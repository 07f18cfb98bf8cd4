"""A compiled function that is to see later parameters: an argument, not a closure."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="What jit has read once",
    title_zh="jit 只读一次的东西",
    ask="""
every is a list of parameters, as a training leaves them after each of its
epochs; apply(params, x) is a net. Evaluate the net on x with each of
them, compiled:

  outputs(apply, every, x)  the list of the outputs.

apply may be traced once only: compile one function, and call it with
each of the parameters. What jit's function takes from outside its
arguments it reads once, while it is traced.
""",
    ask_zh="""
every 是一列参数，是训练在每一轮之后留下的；apply(params, x) 是网络。
用编译好的函数，以其中每一组参数在 x 上求网络的输出：

  outputs(apply, every, x)  各个输出组成的列表。

apply 只许追踪（trace）一次：编译一个函数，再用每组参数调用它。
jit 的函数从参数以外取来的东西，只在追踪时读一次。
""",
)
