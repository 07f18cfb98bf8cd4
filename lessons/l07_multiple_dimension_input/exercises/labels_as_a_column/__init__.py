"""Logits (n, 1) and labels (n,) make a table of (n, n), unless one takes care."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Labels that do not broadcast",
    title_zh="别让标签广播",
    ask="""
A net gives z of shape (n, 1), the logit of label 1 for each of n examples;
the labels y, 0.0 or 1.0, have the shape (n,). Write

  loss(z, y)    the mean over the n examples of
                -y·log σ(z) - (1 - y)·log(1 - σ(z)), one number.

It has to be right for large z, too, where σ(z) is rounded to 0 or 1.

JAX| optax.sigmoid_binary_cross_entropy(logits, labels) computes each number
JAX| from the logit, without σ(z). Beware: (n, 1) and (n,) in one operation
JAX| make (n, n).
PyTorch| Fill the two arguments of BCEWithLogitsLoss()(logits, labels), which
PyTorch| computes it without σ(z): it wants two tensors of the same shape.
""",
    ask_zh="""
网络对 n 个样本给出 z，形状 (n, 1)，是标签为 1 的 logit；
标签 y 是 0.0 或 1.0，形状 (n,)。请写

  loss(z, y)    -y·log σ(z) - (1 - y)·log(1 - σ(z)) 对 n 个样本的
                平均值，一个数。

z 很大时 σ(z) 会舍入成 0 或 1，这时也要算对。

JAX| optax.sigmoid_binary_cross_entropy(logits, 标签) 直接由 logit 算出
JAX| 每一项，不经过 σ(z)。注意：(n, 1) 和 (n,) 一运算就会广播成 (n, n)。
PyTorch| 请填 BCEWithLogitsLoss()(logits, 标签) 的两个参数；它不经过 σ(z)，
PyTorch| 并且要求两者形状相同。
""",
)
