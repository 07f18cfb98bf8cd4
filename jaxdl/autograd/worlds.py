"""Programs as they are recorded: how a graph is read of one, how a step is taken, what it holds.

Three functions make a `World`: of a PyTorch program, of a JAX program, of a program on the tape.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from jaxdl.autograd.graph import Graph
from jaxdl.autograd.watch import Event, changes, named

Arrays = dict[str, np.ndarray]
Stepped = tuple[float | None, list[Event], Exception | None]
"""The loss before a step, what its lines did, and the exception that ended it."""


@dataclass(frozen=True)
class World:
    """One program, to be recorded.

    Args:
        framework: "torch", "jax" or "tape".
        batches: one for each step, or more.
        graph: batch -> the graph of the loss at the present parameters; changes nothing.
        step: batch -> the loss before it, and what its lines did; changes the parameters. The
            third is the exception that ended it, or None.
        parameters: () -> copies of the parameters by the names that the graph gives them.
        sources: the program's files, its own first.
        alive: () -> how many nodes of graphs are still held, now that a step is over; None: this
            framework's values hold none.
    """

    framework: str
    batches: Iterable[Any]
    graph: Callable[[Any], Graph]
    step: Callable[[Any], Stepped]
    parameters: Callable[[], Arrays]
    sources: Sequence[Path] = ()
    alive: Callable[[], int] | None = None


def torch_world(
    loss: Callable[[Any, Any], Any],
    model: Any,
    step: Callable[[Any], Any],
    batches: Iterable[Any],
    sources: Sequence[Path] = (),
) -> World:
    """A PyTorch program.

    Args:
        loss: (model, batch) -> a tensor of one element.
        model: a `torch.nn.Module`; or tensors by name, or a list of them.
        step: batch -> the loss before it; forward, backward, update: it changes `model`.
        batches, sources: as `World` has them.
    """
    from jaxdl.autograd._torch_values import array_of
    from jaxdl.autograd.from_torch import from_torch, parameters_of

    def arrays(tensors: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: None if tensor is None else array_of(tensor, copy=True)
            for name, tensor in tensors.items()
        }

    def parameters() -> dict[str, Any]:
        return arrays(dict(parameters_of(model)))

    def look() -> dict[str, Any]:
        slots = {name: weight.grad for name, weight in parameters_of(model)}
        return {"data": parameters(), "grad": arrays(slots)}

    nodes = _Nodes()
    return World(
        "torch",
        batches,
        lambda batch: from_torch(loss, model, batch),
        _changing(step, look, sources, nodes.seen),
        parameters,
        tuple(sources),
        nodes.alive,
    )


class _Mark:
    """Lies in a node's own dictionary, and lives as long as the node."""


class _Nodes:
    """The nodes of PyTorch's graphs that hang on what a program has named."""

    def __init__(self) -> None:
        self._marks: list[weakref.ref[_Mark]] = []

    def seen(self, names: Mapping[str, Any]) -> None:
        """Mark every node below these values that has no mark yet; leaves have none."""
        left = [node for value in names.values() if (node := getattr(value, "grad_fn", None))]
        while left:
            node = left.pop()
            if hasattr(node, "variable") or self in node.metadata:
                continue
            node.metadata[self] = mark = _Mark()
            self._marks.append(weakref.ref(mark))
            left += [before for before, _ in node.next_functions if before is not None]

    def alive(self) -> int:
        """How many there are now."""
        gc.collect()
        self._marks = [mark for mark in self._marks if mark() is not None]
        return len(self._marks)


def jax_world(
    loss: Callable[[Any, Any], Any],
    state: Any,
    step: Callable[[Any, Any], tuple[Any, Any]],
    batches: Iterable[Any],
    sources: Sequence[Path] = (),
    params: Callable[[Any], Any] = lambda state: state,
    checkpoints: bool = False,
) -> World:
    """A JAX program.

    Args:
        loss: (params, batch) -> a scalar.
        state: before the first step.
        step: (state, batch) -> the next state, the loss before it.
        batches, sources: as `World` has them.
        params: what of a state are the parameters.
        checkpoints: show the inside of what stands in a `jax.checkpoint`, and what the way back
            computes of it again.
    """
    import jax
    from jax.core import Tracer

    from jaxdl.autograd._jax_assembly import array
    from jaxdl.autograd.from_jaxpr import CHECKPOINTS, from_jax, named_leaves
    from jaxdl.autograd.inlined import inlined

    files = {str(path) for path in sources}
    present = state
    form = _form(params(state))

    def parameters() -> Arrays:
        leaves = named_leaves(params(present))
        return {name: np.array(array(leaf)) for name, leaf in leaves.items()}

    def of_interest(value: Any) -> dict[str, Any] | None:
        """Concrete, and formed like the parameters, or a scalar."""
        leaves = jax.tree.leaves(value)
        if not leaves or not all(isinstance(leaf, jax.Array) for leaf in leaves):
            return None
        if any(jax.numpy.issubdtype(leaf.dtype, jax.dtypes.extended) for leaf in leaves):
            return None  # a key: no numbers of the program's
        if any(isinstance(leaf, Tracer) for leaf in leaves):
            return None
        if _form(value) != form and not (isinstance(value, jax.Array) and value.ndim == 0):
            return None
        return named_leaves(value)

    def one_step(batch: Any) -> Stepped:
        told: Any = None

        def run() -> None:
            nonlocal present, told
            present, told = step(present, batch)

        events = named(run, files, of_interest)
        return float(told), events, None

    def graph(batch: Any) -> Graph:
        if not checkpoints:
            return from_jax(loss, params(present), batch)
        opened = from_jax(loss, params(present), batch, opened=CHECKPOINTS)
        return inlined(opened, CHECKPOINTS)

    return World(
        "jax",
        batches,
        graph,
        one_step,
        parameters,
        tuple(sources),
    )


def tape_world(
    loss: Callable[[Any], Any],
    parameters: Mapping[str, Any],
    step: Callable[[Any], Any],
    batches: Iterable[Any],
    sources: Sequence[Path] = (),
) -> World:
    """A program on the tape, the same as PyTorch's on an engine that one can read.

    Args:
        loss: batch -> a tensor of one element, by the present parameters.
        parameters: the tape's tensors, by their names in PyTorch.
        step: batch -> the loss before it; changes the parameters.
        batches: tuples of the tape's tensors.
        sources: as `World` has them.
    """
    from jaxdl.autograd.from_tape import from_tape

    def present() -> Arrays:
        return {name: np.array(tensor.array) for name, tensor in parameters.items()}

    def look() -> dict[str, Any]:
        slots = {name: tensor.grad for name, tensor in parameters.items()}
        held = {
            name: None if grad is None else np.array(grad.array) for name, grad in slots.items()
        }
        return {"data": present(), "grad": held}

    def graph(batch: Any) -> Graph:
        columns = {str(i): column for i, column in enumerate(batch)}
        return from_tape(lambda: loss(batch), {**parameters, **columns})

    return World("tape", batches, graph, _changing(step, look, sources), present, tuple(sources))


def _changing(
    step: Callable[[Any], Any],
    look: Callable[[], dict[str, Any]],
    sources: Sequence[Path],
    glance: Callable[[Mapping[str, Any]], None] = lambda names: None,
) -> Callable[[Any], Stepped]:
    """A step of a program that changes what it holds, watched line by line."""
    files = {str(path) for path in sources}

    def one_step(batch: Any) -> Stepped:
        told = None

        def run() -> None:
            nonlocal told
            told = step(batch)

        events, error = changes(run, files, look, glance)
        return (None if told is None else float(told)), events, error

    return one_step


def _form(tree: Any) -> Any:
    import jax

    return jax.tree.structure(tree), [np.shape(leaf) for leaf in jax.tree.leaves(tree)]
