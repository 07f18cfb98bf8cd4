"""The join of two steps h -> a h + b, which makes a recurrence run in parallel."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Two straight steps are one",
    title_zh="两步线性递推合成一步",
    ask="""
A step without a tanh is h -> a h + b, written as the pair (a, b). Two of
them, one after the other, are a step of the same kind. Write

  then(first, second)    the pair (a, b) of that step: first is applied
                         first, second to what comes of it.

a and b may be numbers or arrays (elementwise). With it
jax.lax.associative_scan(then, (a, b)) gives all states in few rounds.
""",
    ask_zh="""
没有 tanh 的一步是 h -> a h + b，写成一对 (a, b)。两步接连做，
仍是同一种形式的一步。请写

  then(first, second)    那一步的 (a, b)：先做 first，再对所得
                         结果做 second。

a 和 b 可以是数，也可以是数组（逐元素）。有了它，
jax.lax.associative_scan(then, (a, b)) 用很少几轮就算出所有状态。
""",
)
