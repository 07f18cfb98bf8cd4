"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong


@wrong(
    "predictions",
    "All of them are the first: what forward reads from outside is compiled in with the value it "
    "had at the first call. Hand w over as an argument.",
    "每一个都等于第一个：forward 从外面读到的 w，以第一次调用时的值编译了进去。请把 w 作为自变量传"
    "进去。",
)
def compiled_in(ws, x):
    w = ws[0]

    @jax.jit
    def forward(x):
        return w * x

    return [forward(x) for w in ws]


@wrong(
    "predictions",
    "This is one of them only; each w has a prediction of its own, and the list has them all. "
    "Does return stand after the loop, and append inside?",
    "这里只有其中一个；每个 w 有自己的预测，列表里要有全部。return 是在循环之后、append 是在循环之"
    "内吗？",
)
def the_first(ws, x):
    return [ws[0] * x]


@wrong(
    "predictions",
    "forward is to be defined with two arguments, w first, and called with both, for each of the "
    "numbers in ws: forward(w, x).",
    "forward 应当定义成两个自变量，w 在前；对 ws 里的每个数，用这两个自变量来调用：forward(w, x)。",
)
def one_argument(ws, x):
    def forward(x):
        return x

    return [forward(w, x) for w in ws]  # pyright: ignore[reportCallIssue]
