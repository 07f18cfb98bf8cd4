"""The one table of optimisers under a schedule, and of what Optax's users put around them.

Every entry of `WRAPPED` must give an optimiser that follows `schedule`, whatever it is made of.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl.optim import OPTIMIZERS
from tests.optim.cases import PROBLEMS, QUICK, problems_of

STEPS = 7  # RAdam rectifies from the sixth on
FIRST, FACTOR = 0.1, 0.8

# Options that give each optimiser all the state that it can have.
OPTIONS: dict[str, dict[str, Any]] = {
    "sgd": {"momentum": 0.9, "nesterov": True, "weight_decay": 0.01},
    "adadelta": {"weight_decay": 0.01},
    "adafactor": {"weight_decay": 0.1},
    "adagrad": {"lr_decay": 0.1, "initial_accumulator_value": 0.1},
    "adam": {"amsgrad": True},
    "adamax": {"weight_decay": 0.01},
    "adamw": {"weight_decay": 0.1, "amsgrad": True},
    "asgd": {"lambd": 0.5, "t0": 1.0},
    "lbfgs": {"max_iter": 3, "history_size": 3},  # two iterations an update
    "muon": {},
    "nadam": {"weight_decay": 0.1, "momentum_decay": 0.1, "decoupled_weight_decay": True},
    "radam": {"weight_decay": 0.1, "decoupled_weight_decay": True},
    "rmsprop": {"momentum": 0.9, "centered": True, "eps": 1.0},
    "rprop": {"etas": (0.5, 3.0)},  # gradients turn
    "sparse_adam": {},
}
STATIC = {"lbfgs": "history_size"}  # what inject_hyperparams must leave alone


def schedule(count):
    """PyTorch's ExponentialLR; Optax's own gives float32, whatever the default dtype."""
    return FIRST * FACTOR ** count.astype(float)


def make(name: str, learning_rate, **more) -> optax.GradientTransformation:
    return OPTIMIZERS[name](learning_rate, **{**OPTIONS[name], **more})


def make_traced(name: str, learning_rate) -> optax.GradientTransformation:
    """Every number is an array, those in a pair too."""
    parameters = inspect.signature(OPTIMIZERS[name]).parameters
    chosen = {key: parameter.default for key, parameter in parameters.items()} | OPTIONS[name]
    numbers = {key: value for key, value in chosen.items() if isinstance(value, float | tuple)}
    del numbers["learning_rate"]
    return make(name, learning_rate, **jax.tree.map(jnp.asarray, numbers))


def inject(name: str, learning_rate) -> optax.GradientTransformation:
    factory = optax.inject_hyperparams(OPTIMIZERS[name], static_args=STATIC.get(name, ()))
    return factory(learning_rate, **OPTIONS[name])


def multi_steps(name: str) -> optax.GradientTransformation:
    steps = optax.MultiSteps(make(name, schedule), 2, accumulator_dtype=float)

    def update(*args, **extra_args):
        with jax.numpy_dtype_promotion("standard"):  # Optax multiplies the updates by a bool
            return steps.update(*args, **extra_args)

    return optax.GradientTransformationExtraArgs(steps.init, update)


@dataclass(frozen=True)
class Wrapped:
    """An optimiser from its name and the present step's learning rate."""

    make: Callable[..., optax.GradientTransformation]
    changes_state: bool = False  # the learning rate is written into the state before each step
    every: int = 1  # updates in a step


WRAPPED = {
    "constants": Wrapped(lambda name, rate: make(name, rate)),
    "schedule": Wrapped(lambda name, rate: make(name, schedule)),
    "traced": Wrapped(lambda name, rate: make_traced(name, rate)),
    "inject": Wrapped(lambda name, rate: inject(name, schedule)),
    "inject-changed": Wrapped(lambda name, rate: inject(name, FIRST), changes_state=True),
    "masked": Wrapped(
        lambda name, rate: optax.masked(make(name, schedule), {"trained": True, "other": False})
    ),
    "multi_transform": Wrapped(
        lambda name, rate: optax.multi_transform(
            {"trained": make(name, schedule), "other": optax.set_to_zero()},
            {"trained": "trained", "other": "other"},
        )
    ),
    "MultiSteps": Wrapped(lambda name, rate: multi_steps(name), every=2),
}


def problem_of(name: str) -> str:
    return problems_of(name)[-1]


def start(name: str, dtype: str, other: str) -> dict[str, Any]:
    """The params of a small problem, and one of another dtype that its loss does not see."""
    params = PROBLEMS[problem_of(name)].params
    params = jax.tree.map(lambda leaf: jnp.asarray(leaf, dtype), params)
    return {"trained": params, "other": jnp.ones((2, 1) if name == "muon" else 2, other)}


def loss_of(name: str):
    problem = PROBLEMS[problem_of(name)]

    def loss(params):
        dtype = optax.tree.dtype(params["trained"])
        inputs, targets = (jnp.asarray(a, dtype) for a in (problem.inputs, problem.targets))
        return problem.loss(params["trained"], inputs, targets)

    return loss


def step(name: str, wrapped: Wrapped, params, state, rate):
    """One update: the updates, the params and the state."""
    optimizer = optax.with_extra_args_support(wrapped.make(name, rate))
    if wrapped.changes_state:
        state = optax.tree.set(state, learning_rate=rate)
    loss = loss_of(name)
    value, gradients = jax.value_and_grad(loss)(params)
    updates, state = optimizer.update(gradients, state, params, value=value, value_fn=loss)
    return updates, optax.apply_updates(params, updates), state


@cache
def trajectories(name: str, kinds: tuple[str, ...] = tuple(WRAPPED)) -> dict[str, dict]:
    """By kind the trained params after every step, in float64; the states are made outside jit."""
    with jax.enable_x64(True):
        params, rates = start(name, "float64", "float64"), schedule(jnp.arange(STEPS))
        states = {kind: WRAPPED[kind].make(name, rates[0]).init(params) for kind in kinds}

        def run(wrapped, params, state, rates):
            def body(carry, rate):
                _, *carry = step(name, wrapped, *carry, rate)
                return tuple(carry), carry[0]["trained"]

            _, params = jax.lax.scan(body, (params, state), jnp.repeat(rates, wrapped.every))
            return jax.tree.map(lambda leaf: leaf[wrapped.every - 1 :: wrapped.every], params)

        @partial(jax.jit, compiler_options=QUICK)
        def run_all(params, states, rates):
            return {kind: run(WRAPPED[kind], params, states[kind], rates) for kind in kinds}

        return jax.tree.map(np.asarray, run_all(params, states, rates))
