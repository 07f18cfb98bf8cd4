"""PyTorch's optimiser definitions as Optax transformations.

Each factory takes `learning_rate` and PyTorch's keywords with PyTorch's defaults, and
`optax.apply_updates(params, updates)` gives the parameters that `torch.optim` would.
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
