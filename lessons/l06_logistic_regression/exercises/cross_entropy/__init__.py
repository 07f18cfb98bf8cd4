"""Minus the logarithm of the probability that was given to what happened."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The cross-entropy of a probability",
    title_zh="概率的交叉熵",
    ask="""
y holds what happened, 1.0 or 0.0, of shape (n,). The loss of an example is
minus the logarithm of the probability that the model gave to what happened:
-log p where y is 1, and -log(1 - p) where y is 0.

JAX| p, of shape (n,), holds the probabilities of 1. Write
JAX|
JAX|   loss(p, y)   the mean over the n examples, without if: y and 1 - y choose.
PyTorch| z, of shape (n,), holds the logits: p would be the sigmoid of z.
PyTorch| torch.nn.functional (here F) has binary_cross_entropy, which takes
PyTorch| probabilities, and binary_cross_entropy_with_logits, which takes logits.
PyTorch| Write, with one of them and without if,
PyTorch|
PyTorch|   loss(z, y)   the mean over the n examples.
""",
    ask_zh="""
y 是实际的结果，1.0 或 0.0，形状 (n,)。一个样本的损失，是模型给
实际结果的概率的对数的相反数：y 为 1 时是 -log p，y 为 0 时是
-log(1 - p)。

JAX| p 的形状是 (n,)，是结果为 1 的概率。请写出
JAX|
JAX|   loss(p, y)   对 n 个样本的平均值。不用 if：让 y 和 1 - y 来选择。
PyTorch| z 的形状是 (n,)，是 logits，即 z 的 sigmoid 才是 p。
PyTorch| torch.nn.functional（这里写作 F）里有 binary_cross_entropy，接收
PyTorch| 概率；还有 binary_cross_entropy_with_logits，接收 logits。请用其中
PyTorch| 之一、不用 if，写出
PyTorch|
PyTorch|   loss(z, y)   对 n 个样本的平均值。
""",
    without=("if",),
)
