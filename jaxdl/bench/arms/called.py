"""A function as an arm calls it, whichever framework it is of."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jaxdl.bench.trees import Path, leaves, named
from jaxdl.errors import InputError

if TYPE_CHECKING:
    import numpy as np

WAYS = {"torch": ("torch-eager", "torch-compile"), "jax": ("jax-jit", "jax-eager")}
"""Framework -> the arms that a function of it can be measured in. In "torch-eager" and "jax-eager"
it is called as it is written."""


@dataclass(frozen=True)
class Question:
    """What is asked of every function.

    Attributes:
        inputs: of each of the calls that are compared; of the first is timed. Each a tuple
            (positional) or a dictionary (by name) of arrays, dictionaries, lists and tuples.
        gradients: the inputs, by place or name, by which the outputs are differentiated; none: the
            outputs alone are measured.
        goes_on: a function keeps something from call to call, as a training does.
    """

    inputs: Sequence[Any]
    gradients: tuple[Any, ...] = ()
    goes_on: bool = False

    def wanted(self, inputs: Any) -> Iterator[Path]:
        """The arrays of floating-point numbers by which gradients are taken."""
        for path, leaf in leaves(inputs):
            if path[0] in self.gradients and leaf.dtype.kind == "f":
                yield path


@dataclass(frozen=True)
class Called:
    """A function that can be called with what is on its device.

    Attributes:
        run: call -> its outputs and gradients, ready; the call's number is that of its inputs.
        arrays: of what `run` gave, by name: "output.logits", "gradient of params.w".
        untouched: call -> whether its inputs are still what they were.
        device: in words.
        held: bytes of the device's own memory that are taken; None: it has none of its own.
        peak: the most of them so far.
        tracing: a folder -> a context whose calls the framework's own profiler writes there.
    """

    run: Callable[[int], Any]
    arrays: Callable[[Any], dict[str, np.ndarray]]
    untouched: Callable[[int], bool]
    device: str
    held: Callable[[], int] | None = None
    peak: Callable[[], int] | None = None
    tracing: Callable[[str], AbstractContextManager[Any]] | None = None


def applied(function: Callable[..., Any], inputs: Any) -> Any:
    """The function of the inputs."""
    return function(**inputs) if isinstance(inputs, Mapping) else function(*inputs)


def outputs(given: Any) -> dict[str, Any]:
    """What a function gave, by name.

    Raises:
        InputError: something in it is no array, two parts of it have one name, or it is empty.
    """
    found = {}
    for path, leaf in leaves(given, ("output",)):
        if not (hasattr(leaf, "shape") and hasattr(leaf, "dtype")):
            raise InputError(
                f"its {named(path)} is of type {type(leaf).__name__}; functions give "
                "arrays (tensors), and dictionaries, lists and tuples of them"
            )
        if named(path) in found:
            raise InputError(f"two parts of its output are called {named(path)}; rename one")
        found[named(path)] = leaf
    if not any(math.prod(leaf.shape) for leaf in found.values()):
        raise InputError("it gives nothing that could be compared; let it return its result")
    return found


COMPLEX = (
    "is complex, and complex outputs are not differentiated here; give its real and imaginary parts"
)


def held_things(tree: Any) -> list[tuple[Path, int]]:
    """What a tree holds, by identity: to see later whether a function put something else there."""
    return [(path, id(leaf)) for path, leaf in leaves(tree)]


def by_name(given: dict[str, Any], slopes: Mapping[Path, Any]) -> dict[str, Any]:
    """Outputs and gradients by name."""
    return given | {f"gradient of {named(path)}": leaf for path, leaf in slopes.items()}


@dataclass
class Weights:
    """What outputs are multiplied by before they are added up and differentiated.

    Of a single number alone it is 1; else random numbers, the same in every arm, so that all of the
    Jacobian counts and nothing cancels. Made at the first call: a function says its shapes late.
    """

    made: dict[str, Any] = field(default_factory=dict)

    def of(self, shapes: Mapping[str, Any], convert: Callable[[Any, Any], Any]) -> dict[str, Any]:
        """A weight for each output, like it.

        Args:
            shapes: name -> what has the output's shape.
            convert: (NumPy's array, the output) -> an array of its framework, dtype and device.
        """
        import numpy as np

        if not self.made:
            for name, like in shapes.items():
                shape = tuple(like.shape)
                random = np.random.default_rng(list(name.encode()))
                if math.prod(shape) > 1:
                    weight = random.normal(size=shape)
                else:  # several losses must not cancel, and none may count for nothing
                    weight = random.uniform(0.5, 1.5, shape) if len(shapes) > 1 else np.ones(shape)
                self.made[name] = convert(weight, like)
        return self.made
