"""Layer by layer: where in a JAX program the numbers are that each PyTorch module gives.

A JAX program has no modules: it has values. Each module's output is looked for among them, in any
order of its axes: the value that has the same numbers, or, where none has, the most alike of those
that come after the layer before. Two errors are taken of each: as the program runs, where the
errors of earlier layers add up; and alone, with PyTorch's outputs of all layers before.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxdl.parity.prints import distance, print_of
from jaxdl.parity.sides import traced
from jaxdl.parity.tolerances import relative_error

if TYPE_CHECKING:
    import numpy as np

ALIKE = 0.35
"""Two such prints whose relative distance is larger are of different layers."""


@dataclass(frozen=True)
class LayerError:
    """How far the JAX program is from one PyTorch module.

    Args:
        name: the module's, with [k] for its further outputs and #k for its further calls.
        kind: the module's class.
        error: of its output as the program runs; None: nothing in it is like that output.
        alone: the same with PyTorch's outputs of all layers before.
        place: the line of the JAX program, "file.py:12".
        operation: JAX's there.
    """

    name: str
    kind: str
    error: float | None
    alone: float | None
    place: str = ""
    operation: str = ""


@dataclass(frozen=True)
class Output:
    """What a PyTorch module gave."""

    name: str
    kind: str
    array: np.ndarray


def module_outputs(model: Any, call: Callable[[], Any]) -> list[Output]:
    """The floating-point outputs of every module, in the order in which they were ready.

    Args:
        model: a `torch.nn.Module`.
        call: runs it.
    """
    import torch

    from jaxdl.parity.map import as_array

    found: list[Output] = []
    calls: dict[str, int] = {}

    def look(name: str) -> Any:
        def hook(layer: Any, inputs: Any, output: Any) -> None:
            calls[name] = calls.get(name, 0) + 1
            again = f"#{calls[name]}" if calls[name] > 1 else ""
            tensors = [t for t in _tensors(output) if t.is_floating_point() and t.numel()]
            for k, tensor in enumerate(tensors):
                part = f"[{k}]" if k else ""
                array = as_array(tensor).copy()
                found.append(Output(f"{name}{again}{part}", type(layer).__name__, array))

        return hook

    def _tensors(output: Any) -> Iterator[Any]:
        if isinstance(output, torch.Tensor):
            yield output
        elif isinstance(output, torch.nn.utils.rnn.PackedSequence):
            yield output.data
        elif isinstance(output, dict):
            for value in output.values():
                yield from _tensors(value)
        elif isinstance(output, list | tuple):
            for value in output:
                yield from _tensors(value)

    hooks = [layer.register_forward_hook(look(name)) for name, layer in model.named_modules()]
    try:
        call()
    finally:
        for hook in hooks:
            hook.remove()
    return found


def layer_errors(
    outputs: Sequence[Output], call: Callable[..., Any], *arguments: Any
) -> list[LayerError]:
    """Compare PyTorch's modules with a JAX program, layer by layer.

    The program is evaluated three times, operation by operation, and each value is let go of after
    its last use.

    Args:
        outputs: of the modules, by `module_outputs`.
        call: a pure function.
        arguments: what it is called with: pytrees of arrays.
    """

    from jaxdl.autograd._jax_flat import flat

    closed, leaves = traced(call, *arguments)
    program = flat(closed)
    places = _places(program, leaves, outputs)
    runs = _errors(program, leaves, outputs, places, forced=False)
    alone = _errors(program, leaves, outputs, places, forced=True)
    found = []
    for k, output in enumerate(outputs):
        line = program.lines[places[k]] if k in places else None
        place = line.place if line else None
        found.append(
            LayerError(
                output.name,
                output.kind,
                runs.get(k),
                alone.get(k),
                f"{Path(place.file).name}:{place.line}" if place else "",
                line.eqn.primitive.name if line else "",
            )
        )
    return found


def _places(program: Any, leaves: Sequence[Any], outputs: Sequence[Output]) -> dict[int, int]:
    """Output -> the line of the program that gives it."""
    sizes = {output.array.size for output in outputs}
    prints: dict[int, list[tuple[int, Any]]] = {size: [] for size in sizes}
    for number, value in _values(program, leaves):
        if value.size in sizes and value.dtype.kind == "f":
            prints[value.size].append((number, print_of(value)))

    wanted = [print_of(output.array) for output in outputs]
    exact = 1e-4 if outputs and outputs[0].array.dtype.itemsize < 8 else 1e-8
    found: dict[int, int] = {}
    last = -1
    for k, output in enumerate(outputs):  # the same numbers
        same = [n for n, p in prints[output.array.size] if distance(p, wanted[k]) <= exact]
        if same:
            later = [n for n in same if n > last]
            found[k] = later[0] if later else same[-1]
            last = found[k]
    for k, output in enumerate(outputs):  # the most alike
        if k in found:
            continue
        twin = next((j for j in range(k) if distance(wanted[j], wanted[k]) == 0), None)
        if twin is not None and outputs[twin].array.size == output.array.size:
            if twin in found:  # a container gives what its last layer gave
                found[k] = found[twin]
            continue
        before = max((found[j] for j in range(k) if j in found), default=-1)
        rest = [
            (distance(p, wanted[k]), n)
            for n, p in prints[output.array.size]
            if n > before and n not in found.values()
        ]
        if rest and min(rest)[0] <= ALIKE:
            found[k] = min(rest)[1]
    return found


def _errors(
    program: Any,
    leaves: Sequence[Any],
    outputs: Sequence[Output],
    places: dict[int, int],
    *,
    forced: bool,
) -> dict[int, float]:
    """Output -> its error; forced: PyTorch's takes the place of the program's after each."""
    import numpy as np

    at: dict[int, list[int]] = {}
    for k, number in places.items():
        at.setdefault(number, []).append(k)
    errors: dict[int, float] = {}
    others: dict[int, Any] = {}

    def replaced(number: int, value: Any) -> Any:
        for k in at.get(number, ()):
            axes = order_of_axes(np.asarray(value), outputs[k].array)
            theirs = outputs[k].array.transpose(axes).reshape(value.shape)
            errors[k] = relative_error(np.asarray(value), theirs)
            others[number] = theirs.astype(value.dtype)
        return others.get(number, value) if forced else value

    for _ in _values(program, leaves, replaced):
        pass
    return errors


def _values(
    program: Any, leaves: Sequence[Any], replaced: Callable[[int, Any], Any] | None = None
) -> Iterator[tuple[int, np.ndarray]]:
    """(line, its first result) of a program, each value let go of after its last use."""
    import jax.numpy as jnp
    import numpy as np

    from jaxdl.autograd._jax_flat import computed, read

    last: dict[int, int] = {}
    for line in program.lines:
        last.update({atom: line.number for atom in line.atoms if isinstance(atom, int)})
    values = dict(program.constants)
    values.update(zip(program.inputs, leaves, strict=True))
    for line in program.lines:
        results = computed(line.eqn, [read(values, atom) for atom in line.atoms])
        for place, (out, result) in enumerate(zip(line.outs, results, strict=True)):
            if out is None or not hasattr(result, "dtype"):
                continue
            if place == 0 and jnp.issubdtype(result.dtype, jnp.floating):
                if replaced is not None:
                    result = jnp.asarray(replaced(line.number, result))
                yield line.number, np.asarray(result)
            if out in last:
                values[out] = result
        for atom in line.atoms:
            if isinstance(atom, int) and last[atom] == line.number:
                values.pop(atom, None)


def order_of_axes(ours: np.ndarray, theirs: np.ndarray) -> tuple[int, ...]:
    """The order of `theirs`' axes in which it is nearest to `ours`, once both are flattened."""
    import numpy as np

    if theirs.ndim > 5:
        return tuple(range(theirs.ndim))
    flat = ours.astype(np.float64, copy=False).ravel()
    best: tuple[float, tuple[int, ...]] = (math.inf, tuple(range(theirs.ndim)))
    shape = tuple(n for n in ours.shape if n > 1)
    for axes in permutations(range(theirs.ndim)):
        moved = theirs.transpose(axes)
        whole = tuple(n for n in moved.shape if n > 1) == shape
        if not whole and ours.ndim == theirs.ndim:
            continue
        distance = float(np.abs(moved.ravel() - flat).max(initial=0.0))
        if not distance >= best[0]:
            best = distance, axes
        if distance == 0:
            break
    return best[1]
