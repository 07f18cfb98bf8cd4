"""One function for every array of a pytree."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Something done to every parameter",
    title_zh="对每个参数做同一件事",
    ask="""
JAX| params holds the parameters of two layers, a dict of dicts of arrays.
PyTorch| model holds the parameters of two layers.

Each of their numbers is to become (1 - rate) times itself; rate is a Python
number, such as 0.1. (This is called weight decay.)

JAX| jax.tree.map(f, params) calls f with each array and returns the results
JAX| in the form of params. Write
JAX|
JAX|   decayed(params, rate)   the new parameters.
PyTorch| model.parameters() gives one parameter after the other. Write
PyTorch|
PyTorch|   decay(model, rate)      changes each of them in place; returns
PyTorch|                           nothing. Under torch.no_grad(), because the
PyTorch|                           change is not to be recorded for a gradient.
""",
    ask_zh="""
JAX| params 是两层网络的参数：字典套字典，最里面是数组。
PyTorch| model 是一个两层的网络，参数在里面。

要把参数里的每个数都变成自己的 (1 - rate) 倍；rate 是一个 Python 的
数，例如 0.1。（这叫权重衰减。）

JAX| jax.tree.map(f, params) 对每个数组调用 f，把结果按 params 的结构
JAX| 返回。请写出
JAX|
JAX|   decayed(params, rate)   返回新的参数。
PyTorch| model.parameters() 逐个给出参数。请写出
PyTorch|
PyTorch|   decay(model, rate)      就地改动每个参数，不返回任何东西。放在
PyTorch|                           torch.no_grad() 里，因为这次改动不应当
PyTorch|                           为求梯度而记录下来。
""",
)
