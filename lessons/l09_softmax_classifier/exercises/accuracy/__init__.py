"""The accuracy of n examples: the largest logit of each, compared with its label."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="How many are right?",
    title_zh="有多少答对了",
    ask="""
logits has the shape (n, classes), y (n,) holds the true classes. Write

  accuracy(logits, y)    the share of the examples whose largest logit is
                         the one of their own class, 0 to 1.

JAX| Return a scalar array.
PyTorch| Return a Python float, out of the tensor.
""",
    ask_zh="""
logits 的形状是 (n, 类别数)，y (n,) 是真实类别。请写

  accuracy(logits, y)    最大的 logit 恰好是自己类别的样本
                         所占的比例，0 到 1。

JAX| 返回标量数组。
PyTorch| 返回从张量里取出的 Python float。
""",
)
