"""Cross-entropy against labels of which every class gets a share."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Labels that leave room for doubt",
    title_zh="留有余地的标签",
    ask="""
logits has the shape (n, classes), the labels y (n,) are integers. With
label smoothing s the share s of a label is given to all classes alike, its
own among them, and 1 - s to its own class besides. Write

  loss(logits, y, s)    the mean over the examples of the cross-entropy
                        - sum of share · log p, p the softmax of the logits.

jax.nn.one_hot(y, classes) and jax.nn.log_softmax are at hand.
""",
    ask_zh="""
logits 的形状是 (n, 类别数)，标签 y (n,) 是整数。标签平滑 s 的意思：
标签的份额 s 平均分给所有类别（包括它自己的类别），另外 1 - s 归它
自己的类别。请写

  loss(logits, y, s)    交叉熵 - Σ 份额 · log p 对样本的平均值，
                        p 是 logits 的 softmax。

可以使用 jax.nn.one_hot(y, 类别数) 和 jax.nn.log_softmax。
""",
)
