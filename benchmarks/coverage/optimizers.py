"""Which configurations of PyTorch's own database of optimisers `jaxdl.optim` carries, and how well.

Every configuration that PyTorch tests its optimisers with, `optim_db` of
`torch.testing._internal.common_optimizers`, takes 20 steps in float64 on arrays of uneven shapes,
in PyTorch and here. The error is the largest of all parameters and all slots after every step.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch

from benchmarks.coverage.internal import internal
from benchmarks.coverage.row import Row, judged
from jaxdl import optim
from jaxdl.parity.tolerances import relative_error

STEPS = 20
# How it runs, not what it computes.
WITHOUT_VALUE = {"foreach", "fused", "capturable", "differentiable"}
# What PyTorch keeps for itself: L-BFGS overwrites both before it reads them.
SCRATCH = {"al", "prev_loss"}
SHAPES = {
    "any": {"bias": (5,), "kernel": (2, 3, 1, 4), "scale": (), "weight": (3, 4)},
    "matrices": {"square": (4, 4), "tall": (5, 2), "wide": (3, 7)},
    "rows": {"bias": (6,), "table": (7, 3)},
}
PROBLEM = {"muon": "matrices", "sparse_adam": "rows"}


def database() -> list[tuple[type[torch.optim.Optimizer], str, dict[str, Any]]]:
    """PyTorch's optimisers with each description and keywords of their tests."""
    module = internal("common_optimizers")
    return [
        (info.optim_cls, given.desc, given.kwargs)
        for info in module.optim_db
        for given in info.optim_inputs_func(device="cpu")
    ]


def numbers(*shape: int, phase: float) -> np.ndarray:
    """Fixed, in [-1, 1], without a pattern that matters; a matrix of them has full rank."""
    index = np.arange(np.prod(shape, dtype=int))
    return np.sin(phase + 2.7 * index + 0.37 * index**2).reshape(shape)


def loss(xp: ModuleType, params: dict[str, Any], masks: dict[str, Any], count) -> Any:
    """Convex, uneven, and of another gradient at each step; () in either framework.

    Were it not convex, L-BFGS without a line search would multiply rounding: PyTorch against
    itself, started one unit in the last place away, then differs by 3e-8 after 20 steps of it.
    """
    total = 0.0
    for index, (name, param) in enumerate(params.items()):
        ripple = xp.cos(3 * param + index + count) * 2 / 9
        uneven = ripple + (index + 1) * param**2 - param + 0.1 * param**4
        total = total + (masks[name] * uneven).sum()
    return total


def masks_at(step: int, shapes: dict[str, tuple[int, ...]], problem: str) -> dict[str, np.ndarray]:
    """All ones; for what goes by rows, every third row takes its turn without a gradient."""
    masks = {name: np.ones(shape) for name, shape in shapes.items()}
    if problem == "rows":
        for mask in masks.values():
            mask[step % 3 :: 3] = 0
    return masks


def start(shapes: dict[str, tuple[int, ...]]) -> dict[str, np.ndarray]:
    """The params of step 0."""
    return {name: numbers(*shape, phase=i) for i, (name, shape) in enumerate(shapes.items())}


def as_array(value: Any) -> np.ndarray:
    """A slot of PyTorch's or ours, copied; L-BFGS keeps lists."""
    if isinstance(value, list):
        value = torch.stack(value)
    return np.array(value.detach().numpy() if isinstance(value, torch.Tensor) else value)


def by_torch(kind: type, keywords: dict[str, Any], problem: str) -> list[dict[str, np.ndarray]]:
    """After every step the params and, as "param/slot", what the optimiser keeps for them."""
    shapes = SHAPES[problem]
    params = {
        name: torch.tensor(value, requires_grad=True) for name, value in start(shapes).items()
    }
    optimizer = kind(params.values(), **keywords)
    trajectory = []
    for step in range(STEPS):
        masks = {n: torch.tensor(m) for n, m in masks_at(step, shapes, problem).items()}
        # L-BFGS compares values of one objective.
        count = 0.0 if kind is torch.optim.LBFGS else float(step)

        def closure(masks=masks, count=count):
            optimizer.zero_grad()
            value = loss(torch, params, masks, count)
            value.backward()
            for param in params.values():
                if problem == "rows" and param.grad is not None:
                    param.grad = param.grad.to_sparse(1)
            return value

        optimizer.step(closure)
        kept = {name: as_array(param) for name, param in params.items()}
        for name, param in params.items():
            for slot, value in optimizer.state[param].items():
                if slot not in SCRATCH:
                    kept[f"{name}/{slot}"] = as_array(value)
        trajectory.append(kept)
    return trajectory


@jax.jit
def _gradients(params, masks, count):
    return jax.value_and_grad(lambda params: loss(jnp, params, masks, count))(params)


def by_jax(
    optimizer: optax.GradientTransformation, name: str, problem: str
) -> list[dict[str, np.ndarray]]:
    """The same here."""
    shapes = SHAPES[problem]
    params: Any = jax.tree.map(jnp.asarray, start(shapes))
    state = optimizer.init(params)
    trajectory = []

    @jax.jit
    def search(gradients, state, params, value, masks):
        def objective(params):
            return loss(jnp, params, masks, 0.0)

        return optax.with_extra_args_support(optimizer).update(
            gradients, state, params, value=value, value_fn=objective
        )

    for step in range(STEPS):
        masks = jax.tree.map(jnp.asarray, masks_at(step, shapes, problem))
        count = 0.0 if name == "lbfgs" else float(step)
        value, gradients = _gradients(params, masks, count)
        # Compiled, each configuration would take longer than its 20 steps.
        if name == "lbfgs":
            updates, state = search(gradients, state, params, value, masks)
        else:
            updates, state = optimizer.update(gradients, state, params)
        params = dict(optax.apply_updates(params, updates))  # pyright: ignore[reportCallIssue, reportArgumentType] # a dict comes back
        kept = {name: as_array(param) for name, param in params.items()}
        # L-BFGS keeps its slots with the first parameter; a number stands for all.
        owners = list(params)[:1] if name == "lbfgs" else list(params)
        for slot, value in optim.slots(name, state).items():
            for owner in owners:
                own = value[owner] if isinstance(value, dict) else value
                if not isinstance(own, optax.MaskedNode):
                    kept[f"{owner}/{slot}"] = as_array(own)
        trajectory.append(kept)
    return trajectory


def largest_error(
    found: list[dict[str, np.ndarray]], expected: list[dict[str, np.ndarray]]
) -> float:
    """Over all steps and quantities, each over its largest of the run; infinite if one is missing.

    Over the run, since of the gradient that L-BFGS keeps rounding is all that is left at the end.
    """
    if any(mine.keys() != theirs.keys() for mine, theirs in zip(found, expected, strict=True)):
        return np.inf
    errors = []
    for key in expected[-1]:
        pairs = [(m[key], t[key]) for m, t in zip(found, expected, strict=True) if key in t]
        if any(mine.shape != theirs.shape for mine, theirs in pairs):
            return np.inf
        ours, theirs = (
            np.concatenate([array.ravel() for array in side]) for side in zip(*pairs, strict=True)
        )
        errors.append(relative_error(ours, theirs))
    return max(errors)


def measured(kind: type, keywords: dict[str, Any]) -> float:
    """The largest error of a configuration; ValueError or TypeError if it cannot be made here."""
    name = optim.known_name(kind.__name__, optim.OPTIMIZERS)
    problem = PROBLEM.get(name, "any")
    ours = {key: value for key, value in keywords.items() if key not in WITHOUT_VALUE}
    if "lr" in ours:
        ours["learning_rate"] = ours.pop("lr")
    ours = {
        key: jnp.asarray(value.numpy()) if isinstance(value, torch.Tensor) else value
        for key, value in ours.items()
    }
    found = by_jax(optim.OPTIMIZERS[name](**ours), name, problem)
    return largest_error(found, by_torch(kind, keywords, problem))


@contextmanager
def float64() -> Iterator[None]:
    """Both frameworks in float64: PyTorch rounds some scalars to its default dtype."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with jax.enable_x64(True):
            yield
    finally:
        torch.set_default_dtype(before)


def rows(every: int = 1) -> Iterator[Row]:
    """The configurations of the database, or every so-manieth of them, measured."""
    with float64():
        for kind, description, keywords in database()[::every]:
            try:
                error = measured(kind, keywords)
            except (TypeError, ValueError) as problem:
                yield Row("optimizer", kind.__name__, description, None, str(problem))
            else:
                yield judged("optimizer", kind.__name__, description, error)
