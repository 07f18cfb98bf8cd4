"""A key is used once."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A key is used once",
    title_zh="一个 key 只用一次",
    ask="""
jax.random.normal(key, (n,)) draws n standard normal numbers, and for the
same key always the same ones. jax.random.split(key) makes two new keys out
of one. Write

  two_draws(key, n)   a pair of arrays of shape (n,) that have nothing to
                      do with each other: the first drawn with the first
                      of the two new keys, the second with the second.

The key that was handed in is used for nothing but the split.
""",
    ask_zh="""
jax.random.normal(key, (n,)) 抽取 n 个标准正态分布的数，同一个 key
得到的总是同样的数。jax.random.split(key) 把一个 key 变成两个新的
key。请写出

  two_draws(key, n)   一对形状为 (n,) 的数组，彼此无关：第一个用
                      两个新 key 中的第一个来抽，第二个用第二个。

传进来的 key 只用来 split，不作他用。
""",
)
