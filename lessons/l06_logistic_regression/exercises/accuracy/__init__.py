"""How many answers are right, and where the threshold of a logit is."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="How many are right",
    title_zh="有多少答对了",
    ask="""
z holds the logits of n examples as a column, (n, 1): the model gives the
probability σ(z) to the answer True, and answers True where that is above
one half, else False. y, of shape (n,), holds what is right. Write

  accuracy(z, y)   the fraction of the examples answered rightly.

σ(0) is one half, and σ grows with z, so the sigmoid need not be computed.

JAX| Return a number or an array of shape ().
PyTorch| Return a Python number, without a graph.
""",
    ask_zh="""
z 是 n 个样本的 logits，排成一列，形状 (n, 1)：模型给“答案是 True”
的概率是 σ(z)，概率大于二分之一就回答 True，否则回答 False。y 的
形状是 (n,)，是正确的答案，True 或 False。请写出

  accuracy(z, y)   答对的样本所占的比例。

σ(0) 等于二分之一，而 σ 随 z 增大，所以不必真的计算 sigmoid。

JAX| 返回一个数，或形状为 () 的数组。
PyTorch| 返回 Python 的数，不带计算图。
""",
)
