"""Which configurations of PyTorch's own database of optimisers `jaxdl.optim` carries, and how well.

`python -m benchmarks.coverage_optim` prints a line for each. Every configuration that PyTorch tests
its optimisers with (`torch.testing._internal.common_optimizers.optim_db`) takes 20 steps in float64
on arrays of uneven shapes, in PyTorch and here. The error is the largest of all parameters after
every step, and of all slots after the last.
"""

from __future__ import annotations

import importlib
import importlib.util
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from unittest import TestCase

import jax
import jax.numpy as jnp
import numpy as np
import optax
import torch

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


@dataclass(frozen=True)
class Row:
    """One configuration: whether it is carried, the largest relative error, and why it is not."""

    optimizer: str  # PyTorch's name
    configuration: str
    carried: bool
    error: float | None
    reason: str


def database() -> list[tuple[type[torch.optim.Optimizer], str, dict[str, Any]]]:
    """PyTorch's optimisers with each description and keywords of their tests.

    To be imported, PyTorch's module wants expecttest, of which the database uses nothing, and it
    forbids to set `torch.backends`; both are undone.
    """
    flag = "__allow_nonbracketed_mutation_flag"
    before = getattr(torch.backends, flag)
    stands_in = "expecttest" not in sys.modules and importlib.util.find_spec("expecttest") is None
    if stands_in:
        sys.modules["expecttest"] = ModuleType("expecttest")
        sys.modules["expecttest"].TestCase = TestCase  # pyright: ignore[reportAttributeAccessIssue]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = importlib.import_module("torch.testing._internal.common_optimizers")
    finally:
        setattr(torch.backends, flag, before)
        if stands_in:
            del sys.modules["expecttest"]
    return [
        (info.optim_cls, given.desc, given.kwargs)
        for info in module.optim_db
        for given in info.optim_inputs_func(device="cpu")
    ]


def waves(*shape: int, phase: float) -> np.ndarray:
    """Fixed numbers in [-1, 1] without a pattern that matters."""
    return np.sin(phase + 2.7 * np.arange(np.prod(shape, dtype=int))).reshape(shape)


def loss(xp: ModuleType, params: dict[str, Any], masks: dict[str, Any], count) -> Any:
    """Not convex, uneven, and of another gradient at each step; () in either framework."""
    total = 0.0
    for index, (name, param) in enumerate(params.items()):
        uneven = xp.cos(3 * param + index + count) + (index + 1) * param**2 - param
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
    return {name: waves(*shape, phase=i) for i, (name, shape) in enumerate(shapes.items())}


def by_torch(kind: type, keywords: dict[str, Any], problem: str) -> tuple[list, dict]:
    """The params after every step, and each param's slots after the last."""
    shapes = SHAPES[problem]
    params = {name: torch.tensor(value, requires_grad=True) for name, value in start(shapes).items()}
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
                if problem == "rows":
                    param.grad = param.grad.to_sparse(1)
            return value

        optimizer.step(closure)
        trajectory.append({name: p.detach().numpy().copy() for name, p in params.items()})
    return trajectory, {name: optimizer.state[param] for name, param in params.items()}


@jax.jit
def _gradients(params, masks, count):
    return jax.value_and_grad(lambda params: loss(jnp, params, masks, count))(params)


def by_jax(optimizer: optax.GradientTransformation, name: str, problem: str) -> tuple[list, Any]:
    """The params after every step, and the state after the last."""
    shapes = SHAPES[problem]
    params = jax.tree.map(jnp.asarray, start(shapes))
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
        params = optax.apply_updates(params, updates)
        trajectory.append(jax.tree.map(np.asarray, params))
    return trajectory, state


def slot_errors(name: str, state: Any, theirs: dict[str, dict]) -> Iterator[tuple[str, float]]:
    """The error of every slot that PyTorch keeps; infinite where one is missing here, or there."""
    ours = optim.slots(name, state)
    for param, slots in theirs.items():
        for slot, value in slots.items():
            if slot in SCRATCH:
                continue
            mine = ours.get(slot, {})
            mine = mine[param] if isinstance(mine, dict) and param in mine else mine
            if isinstance(value, list):
                value = torch.stack(value)
            value = value.numpy() if isinstance(value, torch.Tensor) else np.asarray(value)
            missing = isinstance(mine, dict | optax.MaskedNode)
            yield slot, np.inf if missing else relative_error(np.asarray(mine), value)
    extra = ours.keys() - {slot for slots in theirs.values() for slot in slots}
    yield from ((slot, np.inf) for slot in extra)


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
    found, state = by_jax(optim.OPTIMIZERS[name](**ours), name, problem)
    expected, theirs = by_torch(kind, keywords, problem)
    errors = [
        relative_error(mine[name], value)
        for mine, their in zip(found, expected, strict=True)
        for name, value in their.items()
    ]
    errors += [error for _, error in slot_errors(name, state, theirs)]
    return max(errors)


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


def rows() -> Iterator[Row]:
    """Every configuration of the database, measured."""
    with float64():
        for kind, description, keywords in database():
            try:
                error = measured(kind, keywords)
            except (TypeError, ValueError) as problem:
                yield Row(kind.__name__, description, False, None, str(problem))
            else:
                carried = error <= 1e-9
                reason = "" if carried else f"differs by {error:.1e}"
                yield Row(kind.__name__, description, carried, error, reason)


def main() -> None:
    """Print every row."""
    found = list(rows())
    for row in found:
        outcome = f"{row.error:.1e}" if row.carried else row.reason
        print(f"{row.optimizer:11} {row.configuration:45} {outcome}")
    print(f"{sum(row.carried for row in found)} of {len(found)} carried")


if __name__ == "__main__":
    main()
