"""The gradient of the mean cross-entropy by the logits, written by hand."""

from jaxdl.course.exercises import DERIVATIVES, Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The gradient at the logits",
    title_zh="损失对 logits 的梯度",
    ask="""
The loss is the mean over n examples of -log softmax(logits)[y], with logits
(n, classes) and labels y (n,). Write its derivative by hand:

  gradient(logits, y)    (n, classes), the loss's gradient by the logits.

Nothing but jax.nn.softmax and jax.nn.one_hot(y, classes) is needed; no
jax.grad. Think of what it must be for a net that is certain and right, and
that every row of it adds up to 0.
""",
    ask_zh="""
损失是 -log softmax(logits)[y] 对 n 个样本的平均值，logits 的形状
是 (n, 类别数)，标签 y 是 (n,)。请手写它的导数：

  gradient(logits, y)    (n, 类别数)，损失对 logits 的梯度。

只需要 jax.nn.softmax 和 jax.nn.one_hot(y, 类别数)，不用 jax.grad。
想一想：网络很确定而且答对时，梯度应当是多少？每一行加起来又
应当等于 0。
""",
    without=DERIVATIVES,
)
