"""The share of the answers that are right to the last letter."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Exact match",
    title_zh="完全正确的比例",
    ask="""
guess and y (n, width) are answers: letters from 1 on, and 0 behind their
ends. An answer is right if all letters are, and the 0 that ends it. What
a net writes behind that does not matter.

  exact_match(guess, y)  the share of the n answers that are right, a
                         number.

y's rows end with at least one 0.
""",
    ask_zh="""
guess 和 y 的形状都是 (n, width)，是答案：字母从 1 开始编号，
结束之后是 0。所有字母都对，结尾的那个 0 也对，答案才算对。
再往后网络写了什么都无所谓。

  exact_match(guess, y)  n 个答案里对的占多少，一个数。

y 的每一行末尾至少有一个 0。
""",
)
