"""A parameter comes in as an argument."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The parameter comes in as an argument",
    title_zh="参数从自变量传进来",
    ask="""
This program is wrong. forward reads w from outside of itself, and jax.jit
runs its Python once only: what w was at that time is compiled in, and later
values are not seen. So predictions gives, for every w, what the first one
gives.

Repair it: forward is to take w as an argument, and to stay under jax.jit.

  forward(w, x)           ŷ = wx, for an array x (n,);
  predictions(ws, x)      a list: forward at each of the numbers ws.
""",
    ask_zh="""
下面的程序是错的。forward 从外面读取 w，而 jax.jit 只运行一次它的
Python 代码：当时的 w 被编译进去，以后的值就看不到了。所以
predictions 对每个 w 给出的，都是第一个 w 的结果。

请改正：让 forward 把 w 作为自变量接收，并且保留 jax.jit。

  forward(w, x)           ŷ = wx，x 是数组 (n,)；
  predictions(ws, x)      一个列表：对 ws 里的每个数求 forward。
""",
)
