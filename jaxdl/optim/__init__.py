"""PyTorch's optimiser definitions as Optax transformations.

Each factory takes `learning_rate` and PyTorch's keywords with PyTorch's defaults, and
`optax.apply_updates(params, updates)` gives the parameters that `torch.optim` would.

The learning rate may be a schedule. Its count starts at 0 and rises by one an update: PyTorch's
learning rate, where a scheduler with the same formula is stepped after every `optimizer.step()`.

Every number may be an array, and a traced one, which nothing checks. So each factory goes into
`optax.inject_hyperparams`, under `jax.jit` too, where booleans and pairs stay as they are. What an
array cannot do is leave a part out by being 0: SGD and RMSprop then keep a buffer for the momentum,
and weight decay reads the params.
"""

from collections.abc import Callable

import optax

from jaxdl.optim.adagrad import adagrad
from jaxdl.optim.adam import adam
from jaxdl.optim.adamax import adamax
from jaxdl.optim.asgd import asgd
from jaxdl.optim.lbfgs import lbfgs
from jaxdl.optim.rmsprop import rmsprop
from jaxdl.optim.rprop import rprop
from jaxdl.optim.sgd import sgd

OPTIMIZERS: dict[str, Callable[..., optax.GradientTransformation]] = {
    "sgd": sgd,
    "adagrad": adagrad,
    "adam": adam,
    "adamax": adamax,
    "asgd": asgd,
    "lbfgs": lbfgs,
    "rmsprop": rmsprop,
    "rprop": rprop,
}

__all__ = [
    "OPTIMIZERS",
    "adagrad",
    "adam",
    "adamax",
    "asgd",
    "lbfgs",
    "rmsprop",
    "rprop",
    "sgd",
]
