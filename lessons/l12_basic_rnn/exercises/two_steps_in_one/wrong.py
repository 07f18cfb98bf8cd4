"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "then",
    "Here second is applied first. Insert: a2 (a1 h + b1) + b2.",
    "这里先做了 second。请代入：a2 (a1 h + b1) + b2。",
)
def the_other_order(first, second):
    (a1, b1), (a2, b2) = first, second
    return a1 * a2, a1 * b2 + b1


@wrong(
    "then",
    "The second step multiplies all that the first has made, its b1, too.",
    "第二步乘的是第一步的全部结果，b1 也在内。",
)
def b_only_added(first, second):
    (a1, b1), (a2, b2) = first, second
    return a2 * a1, b1 + b2


@wrong(
    "then",
    "The factors are multiplied: a2 (a1 h).",
    "两个系数是相乘：a2 (a1 h)。",
)
def a_added(first, second):
    (a1, b1), (a2, b2) = first, second
    return a1 + a2, a2 * b1 + b2


@wrong(
    "then",
    "The second step adds its own b2 at the end.",
    "第二步最后还要加上自己的 b2。",
)
def without_b2(first, second):
    (a1, b1), (a2, _) = first, second
    return a2 * a1, a2 * b1
