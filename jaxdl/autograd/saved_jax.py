"""What JAX keeps from the way there for the way back, and what the compiled program allocates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import jax
from jax.extend import core

from jaxdl.autograd._jax_place import place
from jaxdl.autograd.from_jaxpr import loss_of_leaves
from jaxdl.autograd.graph import Place

Source = Literal["parameter", "input", "constant", "literal", "operation"]


@dataclass(frozen=True)
class Residual:
    """A value that is kept for the way back.

    Args:
        source: what it is: a parameter, an input (of the batch), a constant of the program, a
            literal (a number that stands in the program, which JAX lists, too), or what an
            operation gave.
        name: of a parameter or an input its own; of an operation JAX's, or what
            `jax.ad_checkpoint.checkpoint_name` calls the value.
        shape, dtype: of the value.
        bytes: its size.
        place: the line of the user's program that computes it.
    """

    source: Source
    name: str
    shape: tuple[int, ...]
    dtype: str
    bytes: int
    place: Place | None = None


@dataclass(frozen=True)
class Memory:
    """Bytes that XLA lays out for a compiled loss with its gradient.

    Args:
        temporary: between the operations, at the most.
        arguments: parameters and batch.
        outputs: loss and gradients.
    """

    temporary: int
    arguments: int
    outputs: int


@dataclass(frozen=True)
class SavedByJax:
    """What JAX keeps for the way back of one loss.

    Args:
        residuals: each once, in JAX's order: literals, constants, parameters, inputs, operations.
        memory: of the compiled program; None: not asked, or the compiler does not tell.
    """

    residuals: tuple[Residual, ...]
    memory: Memory | None

    def bytes(self, *sources: Source) -> int:
        """Bytes of the residuals of these kinds; of none named: of all."""
        return sum(r.bytes for r in self.residuals if not sources or r.source in sources)


def saved_jax(
    loss: Callable[[Any, Any], Any], params: Any, batch: Any, *, compiled: bool = True
) -> SavedByJax:
    """What `jax.vjp` of `loss(params, batch)` by `params` keeps, and what XLA allocates for it.

    The residuals are those that `jax.ad_checkpoint.print_saved_residuals` lists for a loss that is
    differentiated by its params alone, the batch being an argument, too. They are what the program
    as it is written keeps; the compiled one may compute some of them again, or share their memory.

    Args:
        loss: takes params and a batch; a number, or an array of one element.
        params: any pytree of arrays; integers among them have no gradient.
        batch: any pytree of arrays.
        compiled: compile the loss with its gradient, too, and ask what it allocates.

    Raises:
        InputError: as `from_jax`.
    """
    called, named, leaves, asked = loss_of_leaves(loss, params, batch)

    def by(*changed: Any, given: tuple[Any, ...]) -> Any:
        values = list(given)
        for i, value in zip(asked, changed, strict=True):
            values[i] = value
        return called(*values)

    def residuals(*given: Any) -> Any:
        _, back = jax.vjp(lambda *x: by(*x, given=given), *(given[i] for i in asked))
        return jax.tree.leaves(back)

    def both(*given: Any) -> Any:
        result, back = jax.vjp(lambda *x: by(*x, given=given), *(given[i] for i in asked))
        return result, back(jax.numpy.ones_like(result))

    found = _residuals(jax.make_jaxpr(residuals)(*leaves), named)
    if not compiled:
        return SavedByJax(found, None)
    analysis = jax.jit(both).lower(*leaves).compile().memory_analysis()
    memory = analysis and Memory(
        analysis.temp_size_in_bytes,
        analysis.argument_size_in_bytes,
        analysis.output_size_in_bytes,
    )
    return SavedByJax(found, memory)


def _residuals(closed: core.ClosedJaxpr, kinds: list[tuple[Any, str]]) -> tuple[Residual, ...]:
    """What a program gives, each value once, by what it is."""
    jaxpr: Any = closed.jaxpr
    # What `jax.checkpoint` rounds to its own precision is the value itself.
    rounded = {
        eqn.outvars[0]: eqn.invars[0]
        for eqn in jaxpr.eqns
        if eqn.primitive.name == "reduce_precision"
    }
    numbers = [atom for atom in jaxpr.outvars if isinstance(atom, core.Literal)]
    kept = {rounded.get(v, v) for v in jaxpr.outvars if not isinstance(v, core.Literal)}
    found = [_residual(atom.aval, "literal", "") for atom in numbers]
    found += [_residual(v.aval, "constant", "") for v in jaxpr.constvars if v in kept]
    arguments = zip(jaxpr.invars, kinds, strict=True)
    found += [_residual(v.aval, kind, name) for v, (kind, name) in arguments if v in kept]
    for eqn in jaxpr.eqns:
        name = eqn.params.get("name") or eqn.primitive.name
        where = place([eqn.source_info.traceback])
        found += [_residual(v.aval, "operation", name, where) for v in eqn.outvars if v in kept]
    return tuple(found)


def _residual(aval: Any, source: Source, name: str, where: Place | None = None) -> Residual:
    size = aval.size * aval.dtype.itemsize
    return Residual(source, name, tuple(aval.shape), str(aval.dtype), size, where)
