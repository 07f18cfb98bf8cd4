"""A jaxpr as a list of lines, nested `jit`s opened; and its evaluation, operation by operation."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import jax
import jax.numpy as jnp

# A jaxpr's parts are public here alone. In JAX 0.12 ClosedJaxpr and Jaxpr are one.
from jax.extend.core import ClosedJaxpr, DropVar, Literal
from jax.extend.source_info_util import current_name_stack, user_context

from jaxdl.autograd import _jax_place
from jaxdl.autograd.graph import Place

MARK = "§"  # a scope of ours: § and the number of a line
CALLS = ("jit", "pjit", "closed_call", "core_call", "eval_jaxpr")  # opened without a trace
CHECKPOINTS = ("remat2", "checkpoint", "remat")
DERIVED = ("custom_jvp_call", "custom_vjp_call", "custom_vjp_call_jaxpr")
LONGEST = 20_000  # operations of a loop that are computed one by one

Atom = int | Literal  # a value's number, or a number that stands in the program


@dataclass(frozen=True)
class Line:
    """An equation: `outs = operation(atoms)`.

    Args:
        number: its place in the program.
        eqn: JAX's own.
        atoms: what comes in.
        outs: the values' numbers; None: of one that nobody takes.
        scope: functions and named scopes, from outside to inside.
        names: JAX's names for where it stands, those of the `jit`s around it first.
        outer: the `jit`s, and the checkpoints, that it stands in, the innermost first.
    """

    number: int
    eqn: Any
    atoms: tuple[Atom, ...]
    outs: tuple[int | None, ...]
    scope: tuple[str, ...]
    names: str
    outer: tuple[Any, ...]

    @property
    def place(self) -> Place | None:
        """The line of the user's program."""
        return _jax_place.place(eqn.source_info.traceback for eqn in (self.eqn, *self.outer))

    @property
    def checkpointed(self) -> bool:
        """Whether it stands in a checkpoint that was opened."""
        return any(eqn.primitive.name in CHECKPOINTS for eqn in self.outer)


@dataclass
class Flat:
    """A program without nested `jit`s; its values are numbered.

    Args:
        lines: in the order of execution.
        inputs: the numbers of its arguments.
        outputs: what it gives.
        constants: the values that it closes over, by number.
        avals: shapes and dtypes by number.
    """

    lines: list[Line] = field(default_factory=list)
    inputs: list[int] = field(default_factory=list)
    outputs: list[Atom] = field(default_factory=list)
    constants: dict[int, Any] = field(default_factory=dict)
    avals: list[Any] = field(default_factory=list)

    def new(self, aval: Any) -> int:
        """The number of a new value."""
        self.avals.append(aval)
        return len(self.avals) - 1


@dataclass(frozen=True)
class _Within:
    """The `jit` that a line stands in."""

    scope: tuple[str, ...] = ()
    name: str = ""
    names: str = ""
    outer: tuple[Any, ...] = ()


def flat(closed: ClosedJaxpr, opened: Collection[str] = CALLS) -> Flat:
    """The program with every nested `jit` opened, or whatever else is called by these names."""
    program = Flat()
    program.inputs = [program.new(var.aval) for var in closed.jaxpr.invars]
    program.outputs = _open(program, closed, program.inputs, _Within(), opened)
    return program


def _open(
    program: Flat,
    closed: ClosedJaxpr,
    arguments: Sequence[Atom],
    within: _Within,
    opened: Collection[str],
) -> list[Atom]:
    """Put the lines of a jaxpr at a program's end; what they give."""
    jaxpr = closed.jaxpr
    known: dict[Any, Atom] = dict(zip(jaxpr.invars, arguments, strict=True))
    for var, value in zip(jaxpr.constvars, closed.consts, strict=True):
        known[var] = number = program.new(var.aval)
        program.constants[number] = value
    for eqn in jaxpr.eqns:
        atoms = tuple(atom if isinstance(atom, Literal) else known[atom] for atom in eqn.invars)
        scope, names = _scope(eqn, within), f"{within.names}/{eqn.source_info.name_stack}"
        if eqn.primitive.name in opened:
            here = _Within(scope, eqn.params.get("name", ""), names, (eqn, *within.outer))
            results = _open(program, inside_of(eqn), atoms, here, opened)
            known.update(zip(eqn.outvars, results, strict=True))
            continue
        results = {v: program.new(v.aval) for v in eqn.outvars if not isinstance(v, DropVar)}
        known |= results
        number, outs = len(program.lines), tuple(results.get(var) for var in eqn.outvars)
        program.lines.append(Line(number, eqn, atoms, outs, scope, names, within.outer))
    return [atom if isinstance(atom, Literal) else known[atom] for atom in jaxpr.outvars]


def inside_of(eqn: Any) -> ClosedJaxpr:
    """The program that an equation calls."""
    jaxpr = eqn.params.get("jaxpr") or eqn.params["call_jaxpr"]
    return jaxpr if isinstance(jaxpr, ClosedJaxpr) else ClosedJaxpr(jaxpr, ())


def _scope(eqn: Any, within: _Within) -> tuple[str, ...]:
    """The functions and the named scopes of an equation, after those of the `jit` around it."""
    own = _jax_place.functions(eqn.source_info.traceback)
    name = within.name and own[:1] != (within.name,)
    called = (within.name,) if name else ()
    return (*within.scope, *called, *own, *_names(str(eqn.source_info.name_stack)))


@cache
def _names(stack: str) -> tuple[str, ...]:
    """Names that `jax.named_scope` gave, without JAX's own words and our marks."""
    parts = re.sub(r"\w+\(|\)", "", stack).split("/")
    return tuple(name for name in parts if name and not name.startswith(MARK))


def bind(eqn: Any, values: Sequence[Any], mark: str = "") -> list[Any]:
    """The equation's operation on other values, under its own line of the user's program."""
    # As jax.core.eval_jaxpr does it, which takes no other values halfway.
    stack = current_name_stack()
    stack = stack.extend(mark) if mark else stack + eqn.source_info.name_stack
    with user_context(eqn.source_info.traceback, name_stack=stack), eqn.ctx.manager:
        result = eqn.primitive.bind(*values, **eqn.primitive.get_bind_params(eqn.params))
    return list(result) if eqn.primitive.multiple_results else [result]


def evaluate(program: Flat, arguments: Sequence[Any]) -> dict[int, Any]:
    """Every value of a program by its number, computed operation by operation, none compiled."""
    values = dict(program.constants)
    values.update(zip(program.inputs, arguments, strict=True))
    for line in program.lines:
        results = computed(line.eqn, [read(values, atom) for atom in line.atoms])
        for out, result in zip(line.outs, results, strict=True):
            if out is not None:
                values[out] = result
    return values


def read(values: Mapping[int, Any], atom: Atom) -> Any:
    """The value of an atom."""
    return atom.val if isinstance(atom, Literal) else values[atom]


def called(closed: ClosedJaxpr, arguments: Sequence[Any]) -> list[Any]:
    """What a program gives, computed operation by operation."""
    program = flat(closed)
    values = evaluate(program, arguments)
    return [read(values, atom) for atom in program.outputs]


def computed(eqn: Any, values: Sequence[Any]) -> list[Any]:
    """The results of an equation; what has an inside is computed operation by operation, too.

    A loop of more than `LONGEST` operations is computed as one, compiled.
    """
    name = eqn.primitive.name
    if name in (*CHECKPOINTS, *DERIVED, *CALLS):
        return called(inside_of(eqn), values)
    if name == "cond":
        return called(branch_of(eqn, values[0]), values[1:])
    if name == "scan" and eqn.params["length"] * len(inside_of(eqn).jaxpr.eqns) <= LONGEST:
        return _scanned(eqn, values)
    if name == "while":
        return _looped(eqn, values)
    return bind(eqn, values)


def branch_of(eqn: Any, index: Any) -> ClosedJaxpr:
    """The branch of a `cond` that is taken."""
    branches = eqn.params["branches"]
    return branches[min(max(int(index), 0), len(branches) - 1)]


def _scanned(eqn: Any, values: Sequence[Any]) -> list[Any]:
    body, length = flat(inside_of(eqn)), eqn.params["length"]
    constants, carry, columns = scanned(eqn, values)
    rows = []
    for turn in turns(eqn):
        row = [jax.lax.dynamic_index_in_dim(x, turn, keepdims=False) for x in columns]
        results = evaluate(body, [*constants, *carry, *row])
        outputs = [read(results, atom) for atom in body.outputs]
        carry = outputs[: len(carry)]
        rows.append(outputs[len(carry) :])
    if eqn.params["reverse"]:
        rows.reverse()
    if not length:
        return [*carry, *empty_rows(eqn, len(carry))]
    return [*carry, *(jnp.stack(column) for column in zip(*rows, strict=True))]


def scanned(eqn: Any, values: Sequence[Any]) -> tuple[list[Any], list[Any], list[Any]]:
    """What a scan takes: constants, what its first turn is handed, and columns to go along."""
    if "ft_in" in eqn.params:  # JAX 0.11
        constants, carry, columns = eqn.params["ft_in"].update(values).unpack()
        return list(constants), list(carry), list(columns)
    return split(values, eqn.params["num_consts"], eqn.params["num_carry"])


def turns(eqn: Any) -> range:
    """The rows that a scan takes, in its order."""
    rows = range(eqn.params["length"])
    return rows[::-1] if eqn.params["reverse"] else rows


def empty_rows(eqn: Any, carried: int) -> list[Any]:
    """What a scan of no turns has to say of each."""
    avals: list[Any] = inside_of(eqn).out_avals[carried:]
    return [jnp.empty((0, *aval.shape), aval.dtype) for aval in avals]


def _looped(eqn: Any, values: Sequence[Any]) -> list[Any]:
    sizes = eqn.params["cond_nconsts"], eqn.params["body_nconsts"]
    asked, constants, carry = split(values, *sizes)
    condition, body = flat(eqn.params["cond_jaxpr"]), flat(eqn.params["body_jaxpr"])
    left = LONGEST
    while left > 0:
        found = evaluate(condition, [*asked, *carry])
        if not read(found, condition.outputs[0]):
            return carry
        results = evaluate(body, [*constants, *carry])
        carry = [read(results, atom) for atom in body.outputs]
        left -= len(condition.lines) + len(body.lines)
    return bind(eqn, [*asked, *constants, *carry])


def split(values: Sequence[Any], first: int, second: int) -> tuple[list[Any], list[Any], list[Any]]:
    """So many values, so many, and the rest."""
    end = first + second
    return list(values[:first]), list(values[first:end]), list(values[end:])
