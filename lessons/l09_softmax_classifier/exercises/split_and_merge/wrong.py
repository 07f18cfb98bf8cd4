"""Typical wrong answers."""

from flax import nnx

from jaxdl.course.exercises import wrong
from lessons.l09_softmax_classifier.exercises.split_and_merge.solution import Net, graphdef


@wrong(
    "init",
    "Every net would begin with the same numbers: hand the key on to nnx.Rngs.",
    "每个网络都会从同样的数开始：把 key 交给 nnx.Rngs。",
)
def always_key_0(key):
    _, params = nnx.split(Net(nnx.Rngs(0)), nnx.Param)
    return nnx.to_pure_dict(params)


@wrong(
    "init",
    "nnx.split returns a pair; the first of it is the description without parameters.",
    "nnx.split 返回一对；第一个是不含参数的描述。",
)
def the_pair(key):
    return nnx.to_pure_dict(nnx.split(Net(nnx.Rngs(key)), nnx.Param))


@wrong(
    "init",
    "Here the arrays still stand in Flax's wrappers. nnx.to_pure_dict takes them off.",
    "这里的数组还包在 Flax 的包装里。用 nnx.to_pure_dict 去掉。",
)
def still_wrapped(key):
    _, params = nnx.split(Net(nnx.Rngs(key)), nnx.Param)
    return params


@wrong(
    "apply",
    "A new net has parameters of its own; the ones that were handed in are not used.",
    "新造的网络有它自己的参数；传进来的参数没有用上。",
)
def a_new_net(params, x):
    return Net(nnx.Rngs(0))(x)


@wrong(
    "apply",
    "nnx.merge gives the net back; it has still to be called with x.",
    "nnx.merge 返回的是网络；还要用 x 去调用它。",
)
def not_called(params, x):
    return nnx.merge(graphdef, params)


@wrong(
    "apply",
    "The net is called with its ReLU: do not leave out what Net does behind the layer.",
    "要调用的是整个网络，包括 ReLU：不要漏掉 Net 在层之后做的事。",
)
def the_layer_alone(params, x):
    return nnx.merge(graphdef, params).linear(x)
