"""The state carried over from one piece of a text to the next, without a gradient."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A state that is carried, and a gradient that is not",
    title_zh="状态传下去，梯度不传",
    ask="""
A recurrence h' = tanh(w h + x_t), w a number, reads a text in two pieces
x (2, length); after each letter its error is (h - y)², y (2, length).
The second piece begins with the state that the first has left. But as a
program does that learns from one piece after the other, the gradient of
the second piece's loss goes back to that piece's beginning only.

JAX|   loss(w, x, y)  the sum of all squared errors, whose gradient by w is
JAX|                  the sum of both pieces' own.
PyTorch|   gradient(w, x, y)  w.grad in the end, with a backward() after each
PyTorch|                      piece: the sum of both pieces' own gradients.

read(w, h, piece), which is there, returns the
states (length,), the last of which is the piece's state.
""",
    ask_zh="""
循环网络 h' = tanh(w h + x_t)，w 是一个数，分两段读一段文字
x (2, length)；每个字符之后的误差是 (h - y)²，y 是 (2, length)。
第二段从第一段留下的状态开始。但是，像一段接一段学习的程序那样，
第二段的损失，梯度只回传到这一段的开头。

JAX|   loss(w, x, y)  所有平方误差之和，它对 w 的梯度是两段各自的
JAX|                  梯度之和。
PyTorch|   gradient(w, x, y)  每段之后调用一次 backward()，最后返回 w.grad：
PyTorch|                      两段各自的梯度之和。

已有的 read(w, h, piece) 返回各个状态 (length,)，
最后一个就是这一段留下的状态。
""",
)
