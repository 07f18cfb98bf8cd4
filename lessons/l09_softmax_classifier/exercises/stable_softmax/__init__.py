"""Softmax along the classes, with the shift that keeps the exponentials finite."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A softmax that does not overflow",
    title_zh="不溢出的 softmax",
    ask="""
logits has the shape (n, classes). Write

  softmax(logits)    e^z / Σ e^z in each row, (n, classes): the
                     probabilities of each example add up to 1.

Logits of 1000 or -1000 must not make nan of it: subtract each row's largest
logit first, which changes no probability. Use jnp.exp, neither
jax.nn.softmax nor jax.nn.log_softmax.
""",
    ask_zh="""
logits 的形状是 (n, 类别数)。请写

  softmax(logits)    每一行里的 e^z / Σ e^z，(n, 类别数)：
                     每个样本的概率加起来等于 1。

logits 即使是 1000 或 -1000，也不能得到 nan：先减去每一行最大的
logit，概率不会因此改变。请用 jnp.exp，不用
jax.nn.softmax 和 jax.nn.log_softmax。
""",
    without=(
        "jax.nn.softmax",
        "jax.nn.log_softmax",
        "jax.scipy.special.softmax",
        "scipy",
        "flax",
        "jaxdl",
    ),
)
