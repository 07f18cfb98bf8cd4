"""PyTorch's optimiser definitions as Optax transformations: all of `torch.optim`.

Each factory takes `learning_rate` and PyTorch's keywords with PyTorch's defaults, and
`optax.apply_updates(params, updates)` gives the parameters that `torch.optim` would. What only says
how PyTorch runs (foreach, fused, capturable, differentiable) has no counterpart.

The learning rate may be a schedule. Its count starts at 0 and rises by one an update: PyTorch's
learning rate, where a scheduler with the same formula is stepped after every `optimizer.step()`.
`jaxdl.optim.schedules` has PyTorch's schedulers.

Every number may be an array, and a traced one, which nothing checks. So each factory goes into
`optax.inject_hyperparams`, under `jax.jit` too, where booleans and pairs stay as they are. What an
array cannot do is leave a part out by being 0: SGD and RMSprop then keep a buffer for the momentum,
and weight decay reads the params.

PyTorch's parameter groups are Optax's `multi_transform`: a name for every leaf, an optimiser for
every name. Here the biases do not decay:

>>> import jax, jax.numpy as jnp, optax
>>> from jaxdl import optim
>>> params = {"kernel": jnp.ones((2, 2)), "bias": jnp.ones(2)}
>>> optimizer = optax.multi_transform(
...     {"decayed": optim.adamw(weight_decay=0.1), "plain": optim.adamw(weight_decay=0.0)},
...     lambda params: jax.tree.map(lambda p: "decayed" if p.ndim > 1 else "plain", params),
... )
>>> state = optimizer.init(params)
>>> sorted(optim.slots("AdamW", state.inner_states["plain"]))
['exp_avg', 'exp_avg_sq', 'step']

Clipping goes before an optimiser in `optax.chain`: `clip_grad_norm`, `clip_grad_value`. `slots`
reads a state under PyTorch's names; `explain` tells where Optax's own optimiser of a name differs.
"""

from collections.abc import Callable

import optax

from jaxdl.optim import schedules
from jaxdl.optim._names import known_name
from jaxdl.optim.adadelta import adadelta
from jaxdl.optim.adafactor import adafactor
from jaxdl.optim.adagrad import adagrad
from jaxdl.optim.adam import adam
from jaxdl.optim.adamax import adamax
from jaxdl.optim.adamw import adamw
from jaxdl.optim.asgd import asgd
from jaxdl.optim.clipping import clip_grad_norm, clip_grad_value, total_norm
from jaxdl.optim.differences import DIFFERENCES, Difference, explain
from jaxdl.optim.layout import in_layout
from jaxdl.optim.lbfgs import lbfgs
from jaxdl.optim.muon import muon
from jaxdl.optim.nadam import nadam
from jaxdl.optim.radam import radam
from jaxdl.optim.rmsprop import rmsprop
from jaxdl.optim.rprop import rprop
from jaxdl.optim.sgd import sgd
from jaxdl.optim.slots import slots
from jaxdl.optim.sparse_adam import sparse_adam

OPTIMIZERS: dict[str, Callable[..., optax.GradientTransformation]] = {
    "adadelta": adadelta,
    "adafactor": adafactor,
    "adagrad": adagrad,
    "adam": adam,
    "adamax": adamax,
    "adamw": adamw,
    "asgd": asgd,
    "lbfgs": lbfgs,
    "muon": muon,
    "nadam": nadam,
    "radam": radam,
    "rmsprop": rmsprop,
    "rprop": rprop,
    "sgd": sgd,
    "sparse_adam": sparse_adam,
}
"""Every optimiser by its name here."""

__all__ = [
    "DIFFERENCES",
    "OPTIMIZERS",
    "Difference",
    "adadelta",
    "adafactor",
    "adagrad",
    "adam",
    "adamax",
    "adamw",
    "asgd",
    "clip_grad_norm",
    "clip_grad_value",
    "explain",
    "in_layout",
    "known_name",
    "lbfgs",
    "muon",
    "nadam",
    "radam",
    "rmsprop",
    "rprop",
    "schedules",
    "sgd",
    "slots",
    "sparse_adam",
    "total_norm",
]
