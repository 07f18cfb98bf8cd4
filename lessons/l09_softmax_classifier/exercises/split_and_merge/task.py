from flax import nnx


class Net(nnx.Module):
    """3 -> 2, with a ReLU behind it."""

    def __init__(self, rngs):
        self.linear = nnx.Linear(3, 2, kernel_init=nnx.initializers.normal(), rngs=rngs)

    def __call__(self, x):
        return nnx.relu(self.linear(x))


graphdef, _ = nnx.split(nnx.eval_shape(lambda: Net(nnx.Rngs(0))), nnx.Param)


def init(key):
    ...
    return ...


def apply(params, x):
    return ...
