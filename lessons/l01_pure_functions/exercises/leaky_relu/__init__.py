"""A choice that jit can compile."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A choice under jit",
    title_zh="在 jit 里做选择",
    ask="""
Under jax.jit the Python of a function runs once, with stand-ins for the
arrays. A stand-in has a shape, but no numbers, so `if x > 0` cannot be
answered. jnp.where(condition, a, b) can be compiled: it has the shape of
condition, with numbers of a where condition holds and of b elsewhere.
Write, for an array x of any shape and a number slope,

  leaky(x, slope)   of the shape of x: what stands in x where it is
                    positive, slope times that elsewhere.

It has to be right for every slope, larger than 1, too.
""",
    ask_zh="""
在 jax.jit 里，函数的 Python 代码只运行一次，用占位的抽象值代替
数组。抽象值有形状，没有数，所以 `if x > 0` 无法回答。
jnp.where(condition, a, b) 则可以编译：结果与 condition 形状相同，
条件成立的地方取 a 的数，其余取 b 的数。

设 x 是任意形状的数组，slope 是一个数，请写出

  leaky(x, slope)   与 x 形状相同：x 为正的地方就是 x，其余的
                    地方是 slope 乘以 x。

无论 slope 取什么值都要对，大于 1 也一样。
""",
)
