"""The values of a JAX program, looked up by their numbers in any order of their axes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxdl.parity.prints import distance, print_of

if TYPE_CHECKING:
    import numpy as np

EXACT = 1e-9
"""Prints nearer than this are of the same numbers, in float64."""
ROUNDED = 1e-5
"""And where the JAX program itself rounds to float32."""


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
    """The floating-point values of a program, by size.

    Args:
        by_size: number of elements -> values, in the order of the program.
        count: so many there are.
        tolerance: prints nearer than this are of the same numbers.
        narrow: the program rounds something to float32.
    """

    by_size: dict[int, list[Value]] = field(default_factory=dict)
    count: int = 0
    tolerance: float = EXACT
    narrow: bool = False

    def add(self, array: np.ndarray, operation: str, place: str) -> None:
        """One more, in the order of the program."""
        import numpy as np

        array = np.asarray(array, np.float64)
        value = Value(self.count, array, print_of(array), operation, place)
        self.by_size.setdefault(array.size, []).append(value)
        self.count += 1

    def like(self, array: np.ndarray) -> Value | None:
        """The first with these numbers, in whatever order."""
        wanted = print_of(array)
        found = self.by_size.get(array.size, ())
        return next((v for v in found if distance(v.print, wanted) <= self.tolerance), None)

    def nearest(self, array: np.ndarray) -> tuple[float, Value] | None:
        """The one most like it, and the distance of the two prints."""
        wanted = print_of(array)
        found = [(distance(v.print, wanted), v) for v in self.by_size.get(array.size, ())]
        return min(found, key=lambda pair: pair[0]) if found else None


def values_of(function: Callable[..., Any], *arguments: Any) -> tuple[Values, list[np.ndarray]]:
    """Every floating-point value of a pure function, and its results.

    It is traced, and evaluated operation by operation, what is inside loops as one.
    """
    import jax
    import numpy as np

    from jaxdl.autograd._jax_flat import evaluate, flat, read

    leaves, form = jax.tree.flatten(arguments)
    closed = jax.make_jaxpr(lambda *given: function(*jax.tree.unflatten(form, given)))(*leaves)
    program = flat(closed)
    found = evaluate(program, leaves)
    values = Values(narrow=any(map(_rounds, program.lines)))
    for number in (*program.inputs, *program.constants):
        if _floating(found[number]):
            values.add(np.asarray(found[number]), "", "")
    for line in program.lines:
        place = line.place
        told = f"{Path(place.file).name}:{place.line}" if place else ""
        for out in line.outs:
            if out is not None and _floating(found[out]):
                values.add(np.asarray(found[out]), line.eqn.primitive.name, told)
    return values, [np.asarray(read(found, atom)) for atom in program.outputs]


def rounds(function: Callable[..., Any], *arguments: Any) -> bool:
    """Whether a program rounds something to float32: it is then the same only to float32."""
    import jax

    from jaxdl.autograd._jax_flat import flat

    return any(map(_rounds, flat(jax.make_jaxpr(function)(*arguments)).lines))


def _rounds(line: Any) -> bool:
    eqn = line.eqn
    return eqn.primitive.name == "convert_element_type" and (
        eqn.params["new_dtype"] == "float32" and eqn.invars[0].aval.dtype == "float64"
    )


def _floating(array: Any) -> bool:
    import jax.numpy as jnp

    return hasattr(array, "dtype") and jnp.issubdtype(array.dtype, jnp.floating) and array.size > 0


def telling(array: np.ndarray) -> bool:
    """Its numbers are its own: not all alike, not of 0 and 1 alone; a number by itself is odd."""
    import numpy as np

    flat = np.unique(np.asarray(array, np.float64))
    plain = np.isin(flat, (-1.0, 0.0, 0.5, 1.0, 2.0))
    return bool((~plain).sum() >= min(2, array.size))
