"""The program that computes a gradient, and which of its variables belongs to which value.

A tap is the identity on its way forward and adds no equation. On the way back JAX hands the
cotangent through it, and the tap notes it: behind a value's definition that is its gradient. There
is none in front of an operation, where it would note what this operation adds: where an operation
adds two numbers, JAX adds each to what is there already, and with a tap it would first add them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

# Where JAX's guide to primitives of one's own takes them and registers their rules.
from jax.extend.core import Primitive
from jax.interpreters import ad

from jaxdl.autograd._jax_flat import CALLS, CHECKPOINTS, MARK, Atom, Flat, bind, flat, read

_tap = Primitive("tap")
_tap.def_impl(lambda x, **_: x)
_tap.def_abstract_eval(lambda aval, **_: aval)


def _tap_jvp(primals: Any, tangents: Any, **kept: Any) -> Any:
    (x,), (change,) = primals, tangents
    return x, change if type(change) is ad.Zero else _tap.bind(change, **kept)


def _tap_transpose(cotangent: Any, _: Any, *, notes: Notes, key: Any) -> list[Any]:
    if type(cotangent) is not ad.Zero:
        notes.found[key] = cotangent
    return [cotangent]


ad.primitive_jvps[_tap] = _tap_jvp
ad.primitive_transposes[_tap] = _tap_transpose


class Notes:
    """What the taps of one program have seen, by their keys; equal to itself alone."""

    def __init__(self, differentiated: Any, found: dict[Any, Any]) -> None:
        self.found = found
        # JAX's type of what depends on what is differentiated by.
        self.moves = type(differentiated)

    def tap(self, key: Any, value: Any) -> Any:
        """The value, whose gradient will be noted, should it have one."""
        moves = isinstance(value, self.moves) and differentiable(value)
        return _tap.bind(value, notes=self, key=key) if moves else value


def differentiable(value: Any) -> bool:
    """Whether a derivative by it may be asked: of floating-point and complex numbers."""
    return jnp.issubdtype(jax.typeof(value).dtype, jnp.inexact)


@dataclass(frozen=True)
class Gradient:
    """A program and its gradient's in one.

    Args:
        program: takes the forward program's arguments, then one seed for each output asked.
        values: of each value of the forward program, the atom of `program` that is it.
        gradients: of each value that a gradient reaches, the atom.
        arguments: the gradients by the arguments asked.
        residuals: what the way back takes over from the way there, each once; numbers that stand
            in the program are none.
    """

    program: Flat
    values: dict[int, Atom]
    gradients: dict[int, Atom]
    arguments: dict[int, Atom]
    residuals: list[int]


def gradient(
    forward: Flat,
    like: Sequence[Any],
    asked: Sequence[int],
    outputs: Sequence[int],
    checkpoints: bool = False,
) -> Gradient:
    """The program of a forward pass with its way back.

    Args:
        forward: what to differentiate.
        like: arguments of its shapes and dtypes.
        asked: the places of the arguments by which to differentiate.
        outputs: the places of the outputs whose gradients are given.
        checkpoints: open what the way back does in a checkpoint, so that it is seen what is
            computed twice.
    """
    layout: list[Any] = []

    def run(*given: Any) -> list[Any]:
        arguments, seeds = list(given[: len(like)]), list(given[len(like) :])
        found: dict[Any, Any] = {}

        def evaluated(*by: Any) -> Any:
            notes = Notes(by[0], found)
            for place, value in zip(asked, by, strict=True):
                arguments[place] = value
            values = _tapped(forward, arguments, notes)
            return [read(values[1], forward.outputs[i]) for i in outputs], values[0]

        _, back, values = jax.vjp(evaluated, *(arguments[i] for i in asked), has_aux=True)
        found |= {("value", key): value for key, value in values.items()}
        found |= {("residual", i): value for i, value in enumerate(jax.tree.leaves(back))}
        found |= {("argument", i): value for i, value in zip(asked, back(seeds), strict=True)}
        layout[:] = found
        return list(found.values())

    seeds = [_aval(forward, forward.outputs[i]) for i in outputs]
    closed = jax.make_jaxpr(run)(*like, *(jax.ShapeDtypeStruct(a.shape, a.dtype) for a in seeds))
    program = flat(closed, (*CALLS, *CHECKPOINTS) if checkpoints else CALLS)
    kinds = ("value", "residual", "argument", "gradient")
    parts: dict[str, dict[Any, Atom]] = {kind: {} for kind in kinds}
    for (kind, key), atom in zip(layout, program.outputs, strict=True):
        parts[kind][key] = atom
    return Gradient(
        program,
        parts["value"],
        parts["gradient"],
        parts["argument"],
        list(dict.fromkeys(a for a in parts["residual"].values() if isinstance(a, int))),
    )


def _aval(program: Flat, atom: Atom) -> Any:
    return program.avals[atom] if isinstance(atom, int) else atom.aval


def _tapped(forward: Flat, arguments: Sequence[Any], notes: Notes) -> Any:
    """The values of a program by number: as they were computed, and with a tap behind each."""
    bare: dict[int, Any] = dict(forward.constants)
    bare.update(zip(forward.inputs, arguments, strict=True))
    tapped = {key: notes.tap(("gradient", key), value) for key, value in bare.items()}
    for line in forward.lines:
        taken = [read(tapped, atom) for atom in line.atoms]
        results = bind(line.eqn, taken, f"{MARK}{line.number}")
        for out, value in zip(line.outs, results, strict=True):
            if out is not None:
                bare[out] = value
                tapped[out] = notes.tap(("gradient", out), value)
    return bare, tapped
