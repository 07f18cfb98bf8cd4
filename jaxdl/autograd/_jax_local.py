"""The derivative of one operation by one number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from jaxdl.autograd._jax_flat import Flat, bind, evaluate, flat, read
from jaxdl.autograd._jax_gradient import differentiable


def local_derivatives(
    eqn: Any, inputs: Sequence[Any], output: Any, known: dict[Any, Flat | None]
) -> dict[int, float]:
    """The derivatives of an operation's value of one element by its inputs of one element.

    Args:
        eqn: the operation.
        inputs: what came in.
        output: what it gave.
        known: programs of derivatives, for the next operation of the same kind.
    """
    asked = [i for i, x in enumerate(inputs) if np.size(x) == 1 and differentiable(x)]
    if np.size(output) != 1 or not asked or not differentiable(output):
        return {}
    kinds = tuple((np.shape(x), jax.typeof(x).dtype) for x in inputs)
    try:
        key = (eqn.primitive, tuple(sorted(eqn.params.items())), kinds)
        hash(key)
    except TypeError:  # a parameter that cannot be hashed, or two that cannot be ordered
        key = (id(eqn), kinds)
    if key not in known:
        known[key] = _derivative(eqn, inputs, asked)
    program = known[key]
    assert program is not None
    values = evaluate(program, inputs)
    slopes = (read(values, atom) for atom in program.outputs)
    return {i: np.asarray(s).item() for i, s in zip(asked, slopes, strict=True)}


def _derivative(eqn: Any, inputs: Sequence[Any], asked: Sequence[int]) -> Flat:
    def run(*values: Any) -> Any:
        def operation(*by: Any) -> Any:
            taken = list(values)
            for i, x in zip(asked, by, strict=True):
                taken[i] = x
            return bind(eqn, taken)[0]

        result, back = jax.vjp(operation, *(values[i] for i in asked))
        return back(np.ones(result.shape, result.dtype))

    return flat(jax.make_jaxpr(run)(*inputs))
