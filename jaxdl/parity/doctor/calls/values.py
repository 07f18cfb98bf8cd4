"""The values of a JAX program, looked up by their numbers in any order of their axes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxdl.parity.prints import distance, distances, print_of
from jaxdl.parity.sides import compiled

if TYPE_CHECKING:
    import numpy as np

EXACT = 1e-9
"""Prints nearer than this are of the same numbers, in float64."""
ROUNDED = 1e-5
"""And where the JAX program itself rounds to float32, as some libraries' softmax."""
DIGITS = 200
"""So many numbers of a constant are looked at."""
INSIDE = 4_000
"""Operations of a loop whose values are looked at, turn by turn; of a longer one its results."""


@dataclass(frozen=True)
class Value:
    """One value of a JAX program.

    Args:
        number: its place among them.
        array: in float64.
        print: some of its numbers in order.
        operation: JAX's.
        place: the line of the user's program.
    """

    number: int
    array: np.ndarray
    print: np.ndarray
    operation: str
    place: str


@dataclass
class Values:
    """The floating-point values of a program, by size; and its masks.

    Args:
        by_size: number of elements -> values, in the order of the program.
        count: so many there are.
        tolerance: prints nearer than this are of the same numbers.
        masks: its arrays of truth values, each once.
        different: by size what is not the same again, as far as it was asked for.
        narrow: the program rounds something to float32.
    """

    by_size: dict[int, list[Value]] = field(default_factory=dict)
    count: int = 0
    tolerance: float = EXACT
    narrow: bool = False
    masks: list[np.ndarray] = field(default_factory=list)
    different: dict[int, list[Value]] = field(default_factory=dict)
    _stacked: dict[int, np.ndarray] = field(default_factory=dict)

    def take(self, array: Any, operation: str, place: str) -> None:
        """One more, if it is of floating-point numbers or of truth values."""
        import numpy as np

        if _floating(array):
            if array.dtype == np.float32 and array.size > 1 and operation:
                self.narrow = True
            self.add(np.asarray(array), operation, place)
        elif str(getattr(array, "dtype", "")) == "bool" and array.ndim:
            mask = np.asarray(array)
            if not any(m.shape == mask.shape and (m == mask).all() for m in self.masks):
                self.masks.append(mask)

    def add(self, array: np.ndarray, operation: str, place: str) -> None:
        """One more, in the order of the program."""
        import numpy as np

        array = np.asarray(array, np.float64)
        value = Value(self.count, array, print_of(array), operation, place)
        self.by_size.setdefault(array.size, []).append(value)
        self.count += 1

    def like(self, array: np.ndarray) -> Value | None:
        """The first with these numbers, in whatever order."""
        import numpy as np

        found = self.by_size.get(array.size, [])
        if not found:
            return None
        stacked = self._stacked.get(array.size)
        if stacked is None or len(stacked) < len(found):
            stacked = self._stacked[array.size] = np.stack([v.print for v in found])
        near = np.flatnonzero(distances(stacked, print_of(array)) <= self.tolerance)
        return found[near[0]] if len(near) else None

    def nearest(self, array: np.ndarray) -> tuple[float, Value] | None:
        """The one most like it, and the distance of the two prints."""
        wanted = print_of(array)
        found = [(distance(v.print, wanted), v) for v in self.by_size.get(array.size, ())]
        return min(found, key=lambda pair: pair[0]) if found else None


def results_of(closed: Any, leaves: Sequence[Any]) -> list[np.ndarray]:
    """The results of a program, compiled."""
    import numpy as np
    from jax.extend.core import jaxpr_as_fun

    return [np.asarray(result) for result in compiled(jaxpr_as_fun(closed))(*leaves)]


def values_of(closed: Any, leaves: Sequence[Any]) -> tuple[Values, list[np.ndarray]]:
    """Every floating-point value of a program, and its results.

    It is evaluated operation by operation, loops turn by turn.
    """
    import numpy as np

    from jaxdl.autograd._jax_flat import flat

    values = Values()
    return values, [np.asarray(result) for result in _run(flat(closed), leaves, values)]


def _run(program: Any, arguments: Sequence[Any], values: Values) -> list[Any]:
    """What a program gives; every value on the way is taken down."""
    import numpy as np

    from jaxdl.autograd._jax_flat import read

    found = dict(program.constants)
    literals = [atom.val for line in program.lines for atom in line.atoms if hasattr(atom, "val")]
    for constant in (*found.values(), *literals):
        values.narrow |= _floating(constant) and rounded(np.asarray(constant))
    found.update(zip(program.inputs, arguments, strict=True))
    for number in (*program.inputs, *program.constants):
        values.take(found[number], "", "")
    for line in program.lines:
        place = line.place
        told = f"{Path(place.file).name}:{place.line}" if place else ""
        results = _computed(line.eqn, [read(found, atom) for atom in line.atoms], values)
        for out, result in zip(line.outs, results, strict=True):
            if out is not None:
                found[out] = result
                values.take(result, line.eqn.primitive.name, told)
    return [read(found, atom) for atom in program.outputs]


def _computed(eqn: Any, given: list[Any], values: Values) -> list[Any]:
    """The results of an equation, with what is inside."""
    import jax
    import jax.numpy as jnp

    from jaxdl.autograd import _jax_flat as jaxpr

    name = eqn.primitive.name
    if name in (*jaxpr.CHECKPOINTS, *jaxpr.DERIVED, *jaxpr.CALLS):
        return _run(jaxpr.flat(jaxpr.inside_of(eqn)), given, values)
    if name == "cond":
        return _run(jaxpr.flat(jaxpr.branch_of(eqn, given[0])), given[1:], values)
    if name != "scan" or not eqn.params["length"]:
        return jaxpr.computed(eqn, given)
    body = jaxpr.flat(jaxpr.inside_of(eqn))
    if eqn.params["length"] * len(body.lines) > INSIDE:
        return jaxpr.computed(eqn, given)
    constants, carry, columns = jaxpr.scanned(eqn, given)
    rows = []
    for turn in jaxpr.turns(eqn):
        row = [jax.lax.dynamic_index_in_dim(x, turn, keepdims=False) for x in columns]
        results = _run(body, [*constants, *carry, *row], values)
        carry = results[: len(carry)]
        rows.append(results[len(carry) :])
    if eqn.params["reverse"]:
        rows.reverse()
    return [*carry, *(jnp.stack(column) for column in zip(*rows, strict=True))]


def _floating(array: Any) -> bool:
    import jax.numpy as jnp
    import numpy as np

    floating = hasattr(array, "dtype") and jnp.issubdtype(array.dtype, jnp.floating)
    return bool(floating and np.size(array))


def rounded(array: np.ndarray) -> bool:
    """It holds a number that was rounded to float32: as 0.1 is there, not as 0.5 or 1e9."""
    import numpy as np

    flat = np.unique(np.asarray(array, np.float64))[:DIGITS]
    flat = flat[np.isfinite(flat)]
    with np.errstate(all="ignore"):
        narrow = flat[flat.astype(np.float32) == flat].astype(np.float32)
    return any(float(str(number)) != float(number) for number in narrow)


def telling(array: np.ndarray) -> bool:
    """Its numbers are its own: not all alike, not of 0 and 1 alone; a number by itself is odd."""
    import numpy as np

    flat = np.unique(np.asarray(array, np.float64))
    plain = np.isin(flat, (-1.0, 0.0, 0.5, 1.0, 2.0))
    return bool((~plain).sum() >= min(2, array.size))
