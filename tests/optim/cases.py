"""The one table of optimisers that every test of `jaxdl.optim` goes through, and two problems."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl.optim import OPTIMIZERS

STEPS = 200
# Compilation is most of the time, and without LLVM's optimiser the program computes the same.
QUICK = {"xla_backend_optimization_level": 0}

# Name -> optimiser and its options: PyTorch's defaults, then the options that change the formula.
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "sgd": ("sgd", {}),
    "sgd-momentum": ("sgd", {"learning_rate": 0.01, "momentum": 0.9}),
    "sgd-dampening": ("sgd", {"learning_rate": 0.02, "momentum": 0.9, "dampening": 0.5}),
    "sgd-nesterov": (
        "sgd",
        {"learning_rate": 0.05, "momentum": 0.8, "nesterov": True, "weight_decay": 0.01},
    ),
    "sgd-maximize": ("sgd", {"learning_rate": 0.1, "weight_decay": 0.01, "maximize": True}),
    "adadelta": ("adadelta", {}),
    "adadelta-decay": (
        "adadelta",
        {"learning_rate": 0.1, "rho": 0.95, "eps": 1e-3, "weight_decay": 0.01},
    ),
    "adafactor": ("adafactor", {}),
    "adafactor-decay": (
        "adafactor",
        {
            "learning_rate": 0.01,
            "beta2_decay": -0.7,
            "eps": (0.01, 0.01),
            "d": 1.5,
            "weight_decay": 0.05,
        },
    ),
    "adagrad": ("adagrad", {}),
    "adagrad-decay": (
        "adagrad",
        {
            "learning_rate": 0.3,
            "lr_decay": 0.05,
            "weight_decay": 0.01,
            "initial_accumulator_value": 0.1,
            "eps": 1e-3,
        },
    ),
    "adam": ("adam", {}),
    "adam-fast": ("adam", {"learning_rate": 0.02, "betas": (0.8, 0.99), "eps": 1e-3}),
    "adam-amsgrad": (
        "adam",
        {"learning_rate": 0.05, "betas": (0.9, 0.9), "amsgrad": True, "weight_decay": 0.01},
    ),
    "adamax": ("adamax", {}),
    "adamax-fast": (
        "adamax",
        {"learning_rate": 0.01, "betas": (0.8, 0.99), "eps": 1e-3, "weight_decay": 0.01},
    ),
    "adamw": ("adamw", {}),
    "adamw-amsgrad": (
        "adamw",
        {"learning_rate": 0.05, "betas": (0.9, 0.9), "amsgrad": True, "weight_decay": 0.1},
    ),
    "asgd": ("asgd", {}),
    "asgd-averaging": (
        "asgd",
        {"learning_rate": 0.1, "lambd": 0.01, "alpha": 0.6, "t0": 50, "weight_decay": 0.01},
    ),
    "lbfgs": ("lbfgs", {}),
    "lbfgs-single": ("lbfgs", {"learning_rate": 0.9, "max_iter": 1, "history_size": 3}),
    "lbfgs-wolfe": ("lbfgs", {"line_search_fn": "strong_wolfe"}),
    "lbfgs-wolfe-short": (
        "lbfgs",
        {
            "learning_rate": 0.5,
            "max_iter": 1,
            "max_eval": 3,
            "tolerance_grad": 1e-2,
            "tolerance_change": 1e-6,
            "line_search_fn": "strong_wolfe",
        },
    ),
    "muon": ("muon", {}),
    "muon-plain": (
        "muon",
        {
            "learning_rate": 0.02,
            "weight_decay": 0.0,
            "nesterov": False,
            "adjust_lr_fn": "match_rms_adamw",
        },
    ),
    "nadam": ("nadam", {}),
    "nadam-decoupled": (
        "nadam",
        {
            "learning_rate": 0.02,
            "betas": (0.8, 0.99),
            "momentum_decay": 0.1,
            "weight_decay": 0.1,
            "decoupled_weight_decay": True,
        },
    ),
    "radam": ("radam", {}),
    "radam-decoupled": (
        "radam",
        {
            "learning_rate": 0.02,
            "betas": (0.8, 0.99),
            "eps": 1e-3,
            "weight_decay": 0.1,
            "decoupled_weight_decay": True,
        },
    ),
    "rmsprop": ("rmsprop", {}),
    "rmsprop-centered": (
        "rmsprop",
        {
            "learning_rate": 0.05,
            "alpha": 0.95,
            "eps": 1.0,
            "weight_decay": 0.01,
            "centered": True,
        },
    ),
    "rmsprop-momentum": ("rmsprop", {"learning_rate": 0.002, "momentum": 0.8}),
    "rprop": ("rprop", {}),
    "rprop-narrow": (
        "rprop",
        {"learning_rate": 0.2, "etas": (0.7, 1.1), "step_sizes": (1e-3, 0.1)},
    ),
    "sparse_adam": ("sparse_adam", {}),
}


@dataclass(frozen=True)
class Problem:
    """A loss of fixed data, and where to start."""

    params: dict[str, np.ndarray]
    inputs: np.ndarray  # (examples, features)
    targets: np.ndarray  # (examples,)
    loss: Callable[..., jax.Array]  # (params, inputs, targets) -> ()


def linear_loss(params, inputs, targets):
    predictions = inputs @ params["weight"] + params["bias"]
    return jnp.mean((predictions - targets) ** 2)


def network_loss(params, inputs, targets):
    hidden = jnp.tanh(inputs @ params["kernel"] + params["shift"])
    predictions = params["scale"] * hidden + params["bias"]
    return jnp.mean((predictions - targets) ** 2)


def layers_loss(params, inputs, targets):
    hidden = jnp.tanh(inputs @ params["kernel"])
    predictions = (hidden @ params["readout"]).sum(-1)
    return jnp.mean((predictions - targets) ** 2)


def waves(*shape: int) -> np.ndarray:
    """Fixed numbers in [-1, 1] without a pattern that matters; the same with every NumPy."""
    return np.sin(1.0 + 2.7 * np.arange(np.prod(shape, dtype=int))).reshape(shape)


NOISE = 0.3 * np.cos(np.arange(24.0))

# Both start far from their minimum, and neither loss can reach 0: the targets hold a part that the
# model cannot fit. Where RMSprop or Adamax arrive within 200 steps the gradient fades and the step
# does not: PyTorch against itself, learning rates one unit in the last place apart, then differs by
# a hundredth and more. So does L-BFGS in the valley that a wider hidden layer makes. There is
# nothing to compare there, in either dtype.
PROBLEMS = {
    "linear": Problem(
        params={"weight": waves(3), "bias": np.array(0.5)},
        inputs=waves(24, 3),
        targets=waves(24, 3) @ np.array([4.0, -5.0, 3.0]) + 1.0 + NOISE,
        loss=linear_loss,
    ),
    # One tanh unit behind a linear one: not convex, for both may change their sign together.
    "network": Problem(
        params={
            "kernel": 0.5 * waves(2),
            "shift": np.array(0.4),
            "scale": np.array(0.7),
            "bias": np.array(0.1),
        },
        inputs=2 * waves(24, 2),
        targets=5 * np.tanh(2 * waves(24, 2) @ np.array([1.0, -0.7]) + 0.3) + 3.0 + NOISE,
        loss=network_loss,
    ),
    # For Muon, which takes matrices alone.
    "layers": Problem(
        params={"kernel": waves(2, 3), "readout": waves(3, 1)},
        inputs=2 * waves(24, 2),
        targets=5 * np.tanh(2 * waves(24, 2) @ np.array([1.0, -0.7])) + NOISE,
        loss=layers_loss,
    ),
}


def problems_of(name: str) -> list[str]:
    """The problems that an optimiser can work on."""
    return [problem for problem in PROBLEMS if (problem == "layers") == (name == "muon")]


PAIRS = [(case, problem) for case, (name, _) in CASES.items() for problem in problems_of(name)]


def options(case: str, dtype: str) -> dict[str, Any]:
    """The case's options; in float32 L-BFGS stops while its gradient is more than rounding.

    PyTorch's default tolerance, 1e-7, lies below what float32 resolves here. The line search then
    compares values that differ by rounding alone and wanders: PyTorch against itself, started one
    unit in the last place away, differs by 6e-5 at the end of "lbfgs-wolfe", and by 3e-7 so.
    """
    name, chosen = CASES[case]
    if name == "lbfgs" and dtype == "float32":
        return {"tolerance_grad": 1e-3, **chosen}
    return chosen


def make(case: str, dtype: str) -> optax.GradientTransformationExtraArgs:
    return optax.with_extra_args_support(OPTIMIZERS[CASES[case][0]](**options(case, dtype)))


def train(optimizer, loss, params, steps: int = STEPS, sign: float = 1.0):
    """Scan over `sign * loss`: every loss, the parameters after every step, the last state."""

    def objective(params):
        return sign * loss(params)

    def step(carry, _):
        params, state = carry
        value, gradients = jax.value_and_grad(objective)(params)
        updates, state = optimizer.update(gradients, state, params, value=value, value_fn=objective)
        params = optax.apply_updates(params, updates)
        return (params, state), (value, params)

    (_, state), (losses, trajectory) = jax.lax.scan(
        step, (params, optimizer.init(params)), length=steps
    )
    return losses, trajectory, state


def run_case(case: str, problem: Problem, dtype: str):
    """A case on a problem, in one jitted scan: losses, trajectory, the last state, as NumPy.

    `maximize` climbs the negated loss, so that it too ends somewhere.
    """
    with jax.enable_x64(dtype == "float64"):
        params, inputs, targets = jax.tree.map(
            lambda a: jnp.asarray(a, dtype), (problem.params, problem.inputs, problem.targets)
        )
        sign = -1.0 if CASES[case][1].get("maximize") else 1.0

        def run(params, inputs, targets):
            def loss(params):
                return problem.loss(params, inputs, targets)

            return train(make(case, dtype), loss, params, sign=sign)

        return jax.tree.map(
            np.asarray, jax.jit(run, compiler_options=QUICK)(params, inputs, targets)
        )
