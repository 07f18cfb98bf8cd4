"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "size",
    "p zeros stand at both ends, not at one.",
    "两端都补了 p 个零，不是只补一端。",
)
def padding_once(n, k, s, p):
    return (n + p - k) // s + 1


@wrong(
    "size",
    "Count the first place as well: a window that can move nowhere still fits once.",
    "第一个位置也要算：窗口一步也动不了时，仍然放得下一次。",
)
def without_the_first_place(n, k, s, p):
    return (n + 2 * p - k) // s


@wrong(
    "size",
    "A length is whole, and what does not suffice for another move is dropped: // instead of /.",
    "长度是整数，不够再移动一次的部分要舍去：用 // 而不是 /。",
)
def not_whole(n, k, s, p):
    return (n + 2 * p - k) / s + 1


@wrong(
    "size",
    "The + 1 is for the first place and is not divided by the stride.",
    "+ 1 是第一个位置，不能除以步长。",
)
def one_inside(n, k, s, p):
    return (n + 2 * p - k + 1) // s


@wrong(
    "size",
    "Rounded up, the last window would hang over the end of the row.",
    "向上取整的话，最后一个窗口就伸出行外了。",
)
def rounded_up(n, k, s, p):
    return -(-(n + 2 * p - k) // s) + 1
