"""PyTorch's own database of its modules, and what a program in JAX makes of its configurations."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from benchmarks.coverage.carried import Carried
from benchmarks.coverage.internal import internal
from jaxdl.parity import relative_error

# Compilation is most of the time, and without LLVM's optimiser the program computes the same.
QUICK = {"xla_backend_optimization_level": 0}
TOGETHER = 24


class Configuration(NamedTuple):
    """One line of the database: a module, and what it is called with."""

    name: str  # of the class, such as "Conv2d"; a lazy one's is its own
    description: str
    module: Any  # torch.nn.Module, in float64; a lazy one has seen its input
    inputs: tuple[Any, ...]
    options: dict[str, Any]


def configurations(names: set[str], training: bool = False) -> Iterator[Configuration]:
    """Every configuration of these classes, and of the lazy ones that become them, in float64."""
    import torch

    for info in internal("common_modules").module_db:
        name = info.name.removeprefix("nn.")
        if name.removeprefix("Lazy") not in names:
            continue
        options = {"device": "cpu", "dtype": torch.float64, "requires_grad": True}
        for sample in info.module_inputs_func(info, training=training, **options):
            torch.manual_seed(0)
            built, given = sample.constructor_input, sample.forward_input
            module = info.module_cls(*built.args, **built.kwargs).to(torch.float64)
            module.train(training)
            with warnings.catch_warnings(), torch.no_grad():
                warnings.simplefilter("ignore")
                if name.startswith("Lazy"):
                    module(*given.args, **given.kwargs)
            yield Configuration(name, sample.desc, module, given.args, given.kwargs)


class _Reference(NamedTuple):
    """What PyTorch makes of a configuration; the gradients are those of a weighted sum."""

    state: dict[str, np.ndarray]
    weights: np.ndarray
    outputs: list[np.ndarray]
    by_inputs: list[np.ndarray]
    by_params: dict[str, np.ndarray]


def errors(
    carriers: Mapping[str, Callable[[Any], Carried]], found: Sequence[Configuration]
) -> list[float]:
    """The largest error of each configuration, of outputs, indices and all gradients.

    Args:
        carriers: by the class's name.
        found: the configurations; so many at a time are one program, compiled once.
    """
    return [
        error
        for first in range(0, len(found), TOGETHER)
        for error in _errors(carriers, found[first : first + TOGETHER])
    ]


def _errors(
    carriers: Mapping[str, Callable[[Any], Carried]], found: Sequence[Configuration]
) -> list[float]:
    theirs = [_by_torch(item) for item in found]
    carried = [carriers[type(item.module).__name__](item.module) for item in found]
    arguments = [
        (c.parameter_map.to_jax(wanted.state, c.params), [x.detach().numpy() for x in item.inputs])
        for item, c, wanted in zip(found, carried, theirs, strict=True)
    ]

    def one(item: Configuration, c: Carried, wanted: _Reference, given: Any) -> Any:
        def weighted(given: Any) -> Any:
            params, inputs = given
            outputs = c.apply(params, *inputs, **item.options)
            outputs = outputs if isinstance(outputs, tuple) else (outputs,)
            return jnp.sum(outputs[0] * wanted.weights), outputs

        return jax.grad(weighted, has_aux=True)(given)

    @partial(jax.jit, compiler_options=QUICK)
    def program(arguments: Any) -> Any:
        return [one(*each) for each in zip(found, carried, theirs, arguments, strict=True)]

    with jax.enable_x64():
        ours = program(jax.tree.map(jnp.asarray, arguments))
    worst = []
    for c, wanted, ((by_params, by_inputs), outputs) in zip(carried, theirs, ours, strict=True):
        named = c.parameter_map.to_torch(by_params)
        pairs = [(named[name], slope) for name, slope in wanted.by_params.items()]
        pairs += [*zip(outputs, wanted.outputs, strict=True)]
        pairs += [*zip(by_inputs, wanted.by_inputs, strict=True)]
        worst.append(max(_error(np.asarray(a), b) for a, b in pairs))
    return worst


def _error(a: np.ndarray, b: np.ndarray) -> float:
    """Where both have no number they agree: the database takes roots of what is below 0."""
    if a.shape == b.shape and b.dtype.kind == "f":
        neither = np.isnan(a) & np.isnan(b)
        a, b = np.where(neither, 0, a), np.where(neither, 0, b)
    return relative_error(a, b)


def _by_torch(item: Configuration) -> _Reference:
    import torch

    inputs = [x.detach().clone().requires_grad_() for x in item.inputs]
    outputs = item.module(*inputs, **item.options)
    outputs = outputs if isinstance(outputs, tuple) else (outputs,)
    weights = np.asarray(np.random.default_rng(1).normal(size=outputs[0].shape))
    (outputs[0] * torch.from_numpy(weights)).sum().backward()
    return _Reference(
        state={name: value.numpy() for name, value in item.module.state_dict().items()},
        weights=weights,
        outputs=[y.detach().numpy() for y in outputs],
        by_inputs=[x.grad.numpy() for x in inputs],
        by_params={name: p.grad.numpy() for name, p in item.module.named_parameters()},
    )
