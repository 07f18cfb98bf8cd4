"""A long text in two pieces: the state goes on, the gradient ends at the cut."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Read on, but do not go back further",
    title_zh="接着往前读，但不再往回传",
    ask="""
run(w, x, h) reads x (steps,) from the state h, a number: at each step h
becomes tanh(w · h + x_t); it returns the last h. A text is read in two
pieces. Write

  loss(w, first, second)    the square of the state after both pieces.

The second piece begins with the state that the first has left, but the
gradient by w shall not go back through the first piece: the state between
them counts as a number from outside. (Long texts are trained on so.)
JAX| jax.lax.stop_gradient(h) is for that.
PyTorch| h.detach() is for that.
""",
    ask_zh="""
run(w, x, h) 从状态 h（一个数）开始读 x (步数,)：每一步 h 变成
tanh(w · h + x_t)；返回最后的 h。一段文本分两段读。请写

  loss(w, first, second)    读完两段之后状态的平方。

第二段从第一段留下的状态开始，但对 w 的梯度不再往回穿过第一段：
两段之间的状态当作外面给的一个数。（长文本就是这样训练的。）
JAX| 用 jax.lax.stop_gradient(h)。
PyTorch| 用 h.detach()。
""",
)
