"""A mask over the result comes too late for the gradient."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A mask that comes too late",
    title_zh="来得太迟的掩码",
    ask="""
x (n, width) has positive numbers where real is True, and 0 in the
padding. value(x, real) is the sum of 1 / x over the places that are
real: a number.

The obvious program

    where(real, 1 / x, 0).sum()

gives the right value and a gradient of NaN in the padding, because the
way back multiplies the mask's 0 by the infinite slope of 1 / x at 0.
Write it so that the gradient is 0 there.
""",
    ask_zh="""
x 的形状是 (n, width)，在 real 为 True 的地方是正数，填充处是 0。
value(x, real) 是 real 的那些位置上 1 / x 的和，一个数。

显而易见的程序

    where(real, 1 / x, 0).sum()

值是对的，梯度在填充处却是 NaN：回传时，掩码的 0 乘上了 1 / x
在 0 处无穷大的斜率。请改写，让那里的梯度等于 0。
""",
)
