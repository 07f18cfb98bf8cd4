"""How many numbers the kernels and biases of a net of linear layers have."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Count a net's parameters",
    title_zh="数一数网络的参数",
    ask="""
sizes is a list such as [8, 6, 4, 1]: how many numbers go in, how many lie
between the layers, how many come out. Between two neighbours stands a
linear layer with a kernel (inputs, outputs) and a bias (outputs,).

Write parameters(sizes): how many numbers all kernels and biases have
together, an int. The list may have any length from 2 on.
""",
    ask_zh="""
sizes 是一个列表，例如 [8, 6, 4, 1]：输入有几个数，各层之间
有几个数，输出有几个数。相邻两个数之间是一个线性层，
kernel 的形状是 (输入, 输出)，bias 的形状是 (输出,)。

请写 parameters(sizes)：所有 kernel 和 bias 一共有多少个数，
返回 int。列表长度至少为 2。
""",
)
