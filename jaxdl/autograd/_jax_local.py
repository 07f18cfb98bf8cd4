"""The derivative of one operation: what it hands back along each of its inputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import numpy as np

from jaxdl.autograd._jax_flat import Flat, bind, evaluate, flat, read
from jaxdl.autograd._jax_gradient import Notes, differentiable

Known = dict[Any, tuple[Flat, list[int]]]


def handed_back(
    eqn: Any, inputs: Sequence[Any], seeds: Mapping[int, Any], known: Known
) -> dict[int, Any]:
    """What an operation adds to the gradient of each input, where a gradient goes that way.

    Args:
        eqn: the operation.
        inputs: what came in.
        seeds: the gradients of its results, by their places.
        known: programs of derivatives, for the next operation of the same kind.
    """
    kinds = tuple((np.shape(x), jax.typeof(x).dtype) for x in inputs), tuple(seeds)
    try:
        key = (eqn.primitive, tuple(sorted(eqn.params.items())), kinds)
        hash(key)
    except TypeError:  # a parameter that cannot be hashed
        key = (id(eqn), kinds)
    if key not in known:
        known[key] = _way_back(eqn, inputs, seeds)
    program, reached = known[key]
    values = evaluate(program, [*inputs, *seeds.values()])
    return {i: read(values, atom) for i, atom in zip(reached, program.outputs, strict=True)}


def _way_back(eqn: Any, inputs: Sequence[Any], seeds: Mapping[int, Any]) -> tuple[Flat, list[int]]:
    """The program that takes inputs and seeds, and the inputs whose gradients it gives."""
    asked = [i for i, x in enumerate(inputs) if differentiable(x)]
    reached: list[int] = []

    def run(*given: Any) -> Any:
        found: dict[int, Any] = {}
        values = list(given[: len(inputs)])

        def operation(*by: Any) -> Any:
            notes = Notes(by[0], found)
            for i, x in zip(asked, by, strict=True):
                values[i] = notes.tap(i, x)
            results = bind(eqn, values)
            return [results[place] for place in seeds]

        _, back = jax.vjp(operation, *(values[i] for i in asked))
        back(list(given[len(inputs) :]))
        reached[:] = sorted(found)
        return [found[i] for i in reached]

    return flat(jax.make_jaxpr(run)(*inputs, *seeds.values())), reached
