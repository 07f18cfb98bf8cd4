"""Cross-entropy out of the logits: log-softmax, the label's entry, the mean."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The loss of a classifier",
    title_zh="分类器的损失",
    ask="""
logits has the shape (n, classes), the labels y (n,) are integers. Write

  loss(logits, y)    the mean over the examples of -log p, where p is the
                     softmax probability of the example's own class.

It must stay finite when a net is certain and wrong: no logarithm of a
softmax.

JAX| Write it without a ready-made loss (of Optax or jaxdl):
JAX| jax.nn.log_softmax gives log p of all classes, (n, classes).
PyTorch| One call of a function in torch.nn.functional will do.
""",
    ask_zh="""
logits 的形状是 (n, 类别数)，标签 y (n,) 是整数。请写

  loss(logits, y)    -log p 对样本的平均值，p 是 softmax 给
                     这个样本自己的类别的概率。

网络很确定但答错时，损失也必须是有限的数：不要对 softmax 的结果取
对数。

JAX| 不用现成的损失函数（Optax 或 jaxdl 的）：jax.nn.log_softmax 给出
JAX| 所有类别的 log p，(n, 类别数)。
PyTorch| torch.nn.functional 里的一个函数就够了。
""",
    without=("optax", "jaxdl"),
)
