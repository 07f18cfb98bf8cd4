"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "shapes",
    "The axis that vmap goes through comes first, before the shape of a single result: m results "
    "of shape (n,) are (m, n).",
    "vmap 逐个取的那条轴排在最前面，在单个结果的形状之前：m 个形状为 (n,) 的结果是 (m, n)。",
)
def axis_last(m, n, k):
    return {"a": (n, m), "b": (k, n), "c": (m,), "d": (m, k)}


@wrong(
    "shapes",
    "In b it is xs that is gone through, along its axis 0; that has the length k, and each result "
    "the shape (n,).",
    "b 里逐个取的是 xs，沿它的 axis 0；这条轴的长度是 k，每个结果的形状是 (n,)。",
)
def xs_not_gone_through(m, n, k):
    return {"a": (m, n), "b": (n,), "c": (m,), "d": (m, k)}


@wrong(
    "shapes",
    "A loss is one number, whatever is inside of it: m of them have the shape (m,).",
    "损失是一个数，不管里面有什么：m 个损失的形状是 (m,)。",
)
def a_loss_with_examples(m, n, k):
    return {"a": (m, n), "b": (k, n), "c": (m, n), "d": (m, k)}


@wrong(
    "shapes",
    "The outer vmap goes through ws, so its axis is in front: a row for each w, a column for each "
    "b.",
    "外层的 vmap 沿 ws 逐个取，所以它的轴在最前面：每个 w 一行，每个 b 一列。",
)
def inner_first(m, n, k):
    return {"a": (m, n), "b": (k, n), "c": (m,), "d": (k, m)}


@wrong(
    "shapes",
    "Each vmap adds an axis of its own; they are not joined to one of m·k.",
    "每个 vmap 各自增加一条轴，并不会合并成长度为 m·k 的一条。",
)
def joined(m, n, k):
    return {"a": (m, n), "b": (k, n), "c": (m,), "d": (m * k,)}


@wrong(
    "shapes",
    "(m) is the number m; the tuple of one number is written (m,).",
    "(m) 就是数 m；只有一个数的元组写作 (m,)。",
)
def without_the_comma(m, n, k):
    return {"a": (m, n), "b": (k, n), "c": (m), "d": (m, k)}
