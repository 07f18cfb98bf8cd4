"""Examples are drawn in pairs, from a key."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A random batch keeps its pairs",
    title_zh="随机抽取的批量，x 和 y 要配对",
    ask="""
x has the shape (n, features), y the shape (n,): y[k] belongs to x[k].
jax.random.permutation(key, n) gives the numbers 0 … n - 1 in random order.
Write

  random_batch(key, x, y, size)   a pair: size of the rows of x, drawn at
                                  random, none of them twice, and the y's
                                  that belong to them.

Take the first size numbers of jax.random.permutation(key, n), in their
order.
""",
    ask_zh="""
x 的形状是 (n, features)，y 的形状是 (n,)：y[k] 属于 x[k]。
jax.random.permutation(key, n) 给出随机顺序的 0 … n - 1。请写出

  random_batch(key, x, y, size)   返回一对：从 x 的各行中随机抽出的
                                  size 行，不重复，以及属于它们的
                                  那些 y。

取 jax.random.permutation(key, n) 的前 size 个编号，按它们的顺序。
""",
)
