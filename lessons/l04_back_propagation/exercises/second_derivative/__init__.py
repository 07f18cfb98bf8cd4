"""A derivative is a function again, and can be differentiated."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The derivative of the derivative",
    title_zh="导数的导数",
    ask="""
loss(w, x, y) = (tanh(w·x) - y)² is given; all are single numbers. Write

  curvature(w, x, y)   its second derivative by w, d²l/dw²: how fast the
                       slope changes when w grows. A number.

JAX| jax.grad takes a function and returns a function.
PyTorch| torch.autograd.grad(l, w) returns a tuple with the derivative of l by w,
PyTorch| and leaves no graph behind unless it is told to, by create_graph=True:
PyTorch| without a graph, its result cannot be differentiated.
""",
    ask_zh="""
loss(w, x, y) = (tanh(w·x) - y)² 已经给出，都是单个的数。请写出

  curvature(w, x, y)   它对 w 的二阶导数 d²l/dw²：w 增大时斜率的
                       变化率，一个数。

JAX| jax.grad 接收一个函数，返回一个函数。
PyTorch| torch.autograd.grad(l, w) 返回一个元组，里面是 l 对 w 的导数。除非
PyTorch| 用 create_graph=True 要求，它不会为这个导数建立计算图；没有图，
PyTorch| 就不能再对它求导。
""",
)
