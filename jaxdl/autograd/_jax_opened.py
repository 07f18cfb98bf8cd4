"""What happens inside of a loop, a branch or a call that is one node of the program."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core import jaxpr_as_fun

from jaxdl.autograd._jax_assembly import Forward, Nodes, add_constants, add_forward, known, taken
from jaxdl.autograd._jax_flat import (
    CHECKPOINTS,
    DERIVED,
    MARK,
    Line,
    branch_of,
    called,
    empty_rows,
    evaluate,
    flat,
    inside_of,
    read,
    scanned,
    split,
    turns,
)
from jaxdl.autograd._jax_gradient import gradient

_TURN = re.compile(f"{MARK}turn(\\d+)")

Inside = Callable[..., Sequence[Any]]


def open_node(nodes: Nodes, opened: bool | Collection[str], forward: Forward, line: Line) -> None:
    """Add the inside of a line's node, should it be asked for: its children.

    Where the line's results have gradients, the inside's are computed from them, operation by
    operation. What has a derivative of its own (`jax.custom_jvp`, `jax.custom_vjp`) is not
    differentiated through its inside: there are none.
    """
    eqn = line.eqn
    asked_for = opened is True or (opened and eqn.primitive.name in opened)
    values = [read(forward.values, atom) for atom in line.atoms]
    inside = _inside(eqn, values) if asked_for else None
    if inside is None:
        return
    program = flat(jax.make_jaxpr(inside)(*values))
    parent = forward.lines[line.number]
    edges = nodes.by_id[parent].inputs
    by = [i for i, edge in enumerate(edges) if edge.product is not None]
    outs = {i: out for i, out in enumerate(line.outs) if out is not None}
    given = {i: forward.gradients[out] for i, out in outs.items() if out in forward.gradients}
    if by and given and eqn.primitive.name not in DERIVED:
        found = gradient(program, values, by, list(given))
        inner = known(program, found, evaluate(found.program, [*values, *given.values()]))
    else:
        inner = Forward(program, evaluate(program, values), {})
    sources = [edge.source for edge in edges]
    inner.nodes.update(zip(program.inputs, sources, strict=True))
    add_constants(nodes, inner, parent=parent)
    used = taken(program)
    for within in program.lines:
        turn = _TURN.search(within.names)
        of = int(turn[1]) if turn else None
        add_forward(nodes, inner, within, used, parent=parent, turn=of)
        if within.number in inner.lines:
            open_node(nodes, opened, inner, within)


def _inside(eqn: Any, values: Sequence[Any]) -> Inside | None:
    """The operation as a function that JAX can trace into; None: it has no inside."""
    name = eqn.primitive.name
    if name in (*CHECKPOINTS, *DERIVED):
        return jaxpr_as_fun(inside_of(eqn))
    if name == "cond":
        branch = jaxpr_as_fun(branch_of(eqn, values[0]))
        return lambda _, *operands: branch(*operands)
    if name == "scan":
        return lambda *given: _scan(eqn, given)
    if name == "while":
        count = _count(eqn, values)
        return lambda *given: _while(eqn, given, count)
    return None


def _scan(eqn: Any, values: Sequence[Any]) -> list[Any]:
    constants, carry, columns = scanned(eqn, values)
    body, rows = jaxpr_as_fun(inside_of(eqn)), []
    for turn, row in enumerate(turns(eqn)):
        with jax.named_scope(f"{MARK}turn{turn}"):
            here = [jax.lax.index_in_dim(x, row, keepdims=False) for x in columns]
            outputs = body(*constants, *carry, *here)
            carry = outputs[: len(carry)]
            rows.append(outputs[len(carry) :])
    if not rows:
        return [*carry, *empty_rows(eqn, len(carry))]
    rows = rows[::-1] if eqn.params["reverse"] else rows
    return [*carry, *(jnp.stack(column) for column in zip(*rows, strict=True))]


def _count(eqn: Any, values: Sequence[Any]) -> int:
    """How many turns a loop takes."""
    sizes = eqn.params["cond_nconsts"], eqn.params["body_nconsts"]
    asked, constants, carry = split(values, *sizes)
    count = 0
    while called(eqn.params["cond_jaxpr"], [*asked, *carry])[0]:
        carry = called(eqn.params["body_jaxpr"], [*constants, *carry])
        count += 1
    return count


def _while(eqn: Any, values: Sequence[Any], count: int) -> list[Any]:
    sizes = eqn.params["cond_nconsts"], eqn.params["body_nconsts"]
    asked, constants, carry = split(values, *sizes)
    condition, body = map(jaxpr_as_fun, (eqn.params["cond_jaxpr"], eqn.params["body_jaxpr"]))
    for turn in range(count + 1):  # the last asks, and ends it
        with jax.named_scope(f"{MARK}turn{turn}"):
            condition(*asked, *carry)
            if turn < count:
                carry = body(*constants, *carry)
    return list(carry)
