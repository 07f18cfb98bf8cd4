"""A module of PyTorch's and the program in JAX that carries it: outputs and every gradient."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import torch

from benchmarks.coverage.layers import CARRIERS

# Compilation is most of the time, and without LLVM's optimiser the program computes the same.
QUICK = {"xla_backend_optimization_level": 0}


def is_tensor(leaf: Any) -> bool:
    """One of PyTorch's."""
    return isinstance(leaf, torch.Tensor)


def arrays(tree: Any) -> Any:
    """The same with NumPy arrays for tensors."""
    return jax.tree.map(lambda leaf: leaf.numpy(force=True) if is_tensor(leaf) else leaf, tree)


def error(found: Any, wanted: Any) -> float:
    """The largest difference, as a share of the largest number: 1e-3 at least, for a gradient that
    is 0 but for rounding, as that of a key's bias."""
    found, wanted = np.asarray(found), np.asarray(wanted)
    assert found.shape == wanted.shape
    assert np.array_equal(np.isnan(found), np.isnan(wanted))
    if wanted.size == 0 or np.isnan(wanted).all():
        return 0.0
    return np.nanmax(np.abs(found - wanted)) / max(np.nanmax(np.abs(wanted)), 1e-3)


def drawn(module: Any, seed: int = 0) -> Any:
    """The module in float64 with no parameter at 0 or 1, where a fault would hide."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in module.double().parameters():
            parameter.uniform_(-1, 1, generator=generator)
    return module


def differences(module: Any, *inputs: Any, **options: Any) -> dict[str, float]:
    """Errors of the outputs, and of the gradients by every input and parameter, by name."""
    with jax.enable_x64(True):
        apply, like, pair = CARRIERS[type(module).__name__](module)
        params = pair.to_jax(module.state_dict(), like)
        given = jax.tree.map(
            lambda leaf: leaf.detach().clone() if is_tensor(leaf) else leaf, (inputs, options)
        )
        leaves = [leaf for leaf in jax.tree.leaves(given) if is_tensor(leaf)]
        floating = [leaf.requires_grad_() for leaf in leaves if leaf.is_floating_point()]
        wanted = [y for y in jax.tree.leaves(module(*given[0], **given[1])) if is_tensor(y)]
        random = np.random.default_rng(0)
        factors = [random.normal(size=y.shape) for y in wanted]
        named = dict(module.named_parameters())
        slopes = gradients(wanted, factors, [*floating, *named.values()])

        found, by_params, by_inputs = ours(apply, params, given, factors)
        names = [f"output {i}" for i in range(len(wanted))]
        names += [f"input {i}" for i in range(len(floating))]
        by_params = pair.to_torch(by_params)
        mine = [*found, *by_inputs, *(by_params[name] for name in named)]
        reference = [*arrays(wanted), *slopes]
        return {
            name: error(a, b) for name, a, b in zip([*names, *named], mine, reference, strict=True)
        }


def gradients(outputs: Any, factors: Any, leaves: Any) -> list[Any]:
    """PyTorch's, zeros where there is none."""
    loss: Any = sum((y * torch.from_numpy(f)).sum() for y, f in zip(outputs, factors, strict=True))
    if not loss.requires_grad:
        return [np.zeros(leaf.shape) for leaf in leaves]
    found = torch.autograd.grad(loss, leaves, allow_unused=True)
    return [
        np.zeros(leaf.shape) if slope is None else slope.numpy()
        for leaf, slope in zip(leaves, found, strict=True)
    ]


def ours(apply: Any, params: Any, given: Any, factors: Any) -> tuple[Any, Any, list[Any]]:
    """Outputs, gradients by the parameters, and those by every floating input."""
    leaves, treedef = jax.tree.flatten(arrays(given))
    moves = [isinstance(leaf, np.ndarray) for leaf in leaves]

    def loss(params, moving):
        moving = iter(moving)
        back = [next(moving) if moved else leaf for moved, leaf in zip(moves, leaves, strict=True)]
        inputs, options = treedef.unflatten(back)
        values = jax.tree.leaves(apply(params, *inputs, **options))
        return sum(jnp.sum(y * f) for y, f in zip(values, factors, strict=True)), values

    moving = [leaf for leaf, moved in zip(leaves, moves, strict=True) if moved]
    run = jax.grad(loss, (0, 1), has_aux=True, allow_int=True)
    run = jax.jit(run, compiler_options=QUICK)
    (by_params, by_inputs), values = run(params, moving)
    real = lambda leaf: leaf.dtype != jax.dtypes.float0  # noqa: E731
    by_params = jax.tree.map(
        lambda leaf: np.asarray(leaf) if real(leaf) else np.zeros(leaf.shape, int), by_params
    )
    return values, by_params, [leaf for leaf in by_inputs if real(leaf)]
