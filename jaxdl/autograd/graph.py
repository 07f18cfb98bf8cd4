"""One form for three graphs: what a program computed, value by value, whoever recorded it.

The tape (`from_tape`), PyTorch (`from_torch`) and JAX (`from_jaxpr`) are read into this form, and
whatever shows, compares or counts looks at nothing else. A graph is what one evaluation of a loss
and of its gradient did, on one batch, with the values that the framework itself computed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import Any, Literal

import numpy as np

SCHEMA = 1
SMALL = 64  # the elements up to which a value stands in the JSON whole

Kind = Literal["parameter", "input", "constant", "operation"]
Phase = Literal["forward", "backward"]


@dataclass(frozen=True)
class Place:
    """A line of the user's program.

    Args:
        file: its path as Python names it.
        line: counted from 1.
        function: the function in which it stands.
        text: the line itself, stripped.
    """

    file: str
    line: int
    function: str
    text: str


@dataclass(frozen=True)
class Saved:
    """A tensor that an operation keeps for its way back.

    Args:
        name: the framework's name for it: PyTorch's "self", "result"; JAX has none, so the name
            of the value.
        shape, dtype: of the tensor.
        bytes: of its storage, which may be larger than the tensor.
        storage: equal for two tensors of one graph that share their memory.
        source: the node whose value it is; None: of no node (a mask, an index, a copy).
        parameter: its storage is a parameter's, though it may be a view of it (a transpose).
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    bytes: int
    storage: int
    source: str | None = None
    parameter: bool = False


@dataclass(frozen=True)
class Edge:
    """A value that an operation takes in, and what it hands back along the same way.

    Args:
        source: the node whose value comes in.
        local: the derivative of the operation's value by this input, where both are of one
            element.
        product: upstream gradient times local derivative: what this operation adds to the
            source's gradient, of the source's shape. None: no gradient goes this way.
    """

    source: str
    local: float | None = None
    product: np.ndarray | None = None


@dataclass(frozen=True)
class Node:
    """One value, and the operation that made it.

    Args:
        id: unique in its graph; in the order of execution "n0", "n1", …
        kind: a parameter, an input (the batch), a constant, or an operation's result.
        operation: the framework's own name: "mul", "aten.addmm", "dot_general"; "" for a leaf.
        common: the name by which the operation is known in all three graphs: "multiply".
        inputs: what comes in, in the operation's own order.
        shape, dtype: of the value; the dtype by NumPy's name.
        value: what was computed; None where it was not looked at.
        gradient: of the loss by this value; None: none was computed.
        phase: "backward": an equation of a program that computes gradients (JAX has those).
        name: of a parameter its own ("conv1.weight"), else what the user's program calls it, or "".
        backward: the name of what differentiates it ("MulBackward0"), or "".
        saved: what it keeps for its way back.
        place: the line of the user's program.
        scope: modules or functions in which it happened, from outside to inside.
        parent: the node that it is the inside of: a scan, a loop, a branch; None: of none.
        turn: of a loop's inside, in which turn it was computed; None: of no loop.
        gradient_id: the backward node whose value is the gradient (JAX); None: there is none.
    """

    id: str
    kind: Kind
    operation: str
    common: str
    inputs: tuple[Edge, ...]
    shape: tuple[int, ...]
    dtype: str
    value: np.ndarray | None = field(default=None, repr=False)
    gradient: np.ndarray | None = field(default=None, repr=False)
    phase: Phase = "forward"
    name: str = ""
    backward: str = ""
    saved: tuple[Saved, ...] = ()
    place: Place | None = None
    scope: tuple[str, ...] = ()
    parent: str | None = None
    turn: int | None = None
    gradient_id: str | None = None


@dataclass(frozen=True)
class Graph:
    """What one evaluation of a loss and its gradient did.

    Args:
        framework: "tape", "torch" or "jax".
        nodes: in the order of execution, so that a node's inputs stand before it.
        output: the loss's node.
        backward: the ids in the order in which the way back took them: in PyTorch and on the tape
            those of forward nodes, in JAX those of backward nodes.
        versions: of the framework, and of what else decides the graph.
        again: what the way back computes a second time, for a checkpoint did not keep it: a forward
            node's id -> in PyTorch that of the node at which the way back stood, in JAX that of
            the backward node which has the same value.
    """

    framework: Literal["tape", "torch", "jax"]
    nodes: tuple[Node, ...]
    output: str
    backward: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    again: dict[str, str] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> dict[str, Node]:
        """The nodes by their ids."""
        return {node.id: node for node in self.nodes}

    def __getitem__(self, id: str) -> Node:
        return self.by_id[id]

    @property
    def parameters(self) -> dict[str, Node]:
        """The parameters' nodes by their names."""
        return {node.name: node for node in self.nodes if node.kind == "parameter"}

    def forward(self) -> Iterator[Node]:
        """The nodes of the forward pass, in their order."""
        return (node for node in self.nodes if node.phase == "forward")

    @cached_property
    def users(self) -> dict[str, tuple[tuple[Node, Edge], ...]]:
        """Of each node, the forward operations that take it in, each with its edge."""
        users: dict[str, list[tuple[Node, Edge]]] = {node.id: [] for node in self.nodes}
        for node in self.forward():
            for edge in node.inputs:
                users[edge.source].append((node, edge))
        return {id: tuple(found) for id, found in users.items()}

    def saved_bytes(self, *, parameters: bool = False) -> int:
        """Bytes kept for the way back, shared storages counted once.

        Args:
            parameters: count those of parameters, too; they would be there without it.
        """
        own = {node.id for node in self.nodes if node.kind == "parameter"}
        kept = {s.storage: s for node in self.nodes for s in node.saved}
        theirs = {
            s.storage for node in self.nodes for s in node.saved if s.parameter or s.source in own
        }
        return sum(s.bytes for id, s in kept.items() if parameters or id not in theirs)

    def _repr_html_(self) -> str:
        """A row a value, for a notebook."""
        rows = "".join(
            f"<tr><td>{node.id}<td>{escape(node.operation or node.name or node.kind)}"
            f"<td>{', '.join(edge.source for edge in node.inputs)}<td>{list(node.shape)}"
            f"<td>{escape(str(numbers(node.value, 4)))}<td>{escape(str(numbers(node.gradient, 4)))}"
            f"<td>{sum(saved.bytes for saved in node.saved) or ''}"
            for node in self.forward()
        )
        heads = ("", "operation", "of", "shape", "value", "gradient", "bytes kept")
        return f"<table><tr>{''.join(f'<th>{head}' for head in heads)}{rows}</table>"

    def to_json(self, small: int | None = SMALL) -> dict[str, Any]:
        """The graph as JSON takes it.

        Args:
            small: values of more elements are told by shape, norm, least, largest and mean; None:
                every value stands there whole.
        """
        return {
            "schema": SCHEMA,
            "framework": self.framework,
            "versions": self.versions,
            "output": self.output,
            "backward": list(self.backward),
            "again": self.again,
            "saved_bytes": self.saved_bytes(),
            "nodes": [_node(node, small) for node in self.nodes],
        }


def numbers(value: np.ndarray | None, small: int | None = SMALL) -> Any:
    """A value as JSON takes it: nested lists, or what is to be said of one that is too large.

    What is not finite is a string: "nan", "inf", "-inf"; what has no numbers (JAX's float0, the
    gradient by an integer) is None.
    """
    if value is None:
        return None
    value = np.asarray(value)
    if not value.dtype.itemsize:
        return None
    if small is None or value.size <= small:
        return _listed(value)
    wide = value.astype(np.float64)
    return {
        "norm": _listed(np.linalg.norm(wide)),
        "least": _listed(wide.min()),
        "largest": _listed(wide.max()),
        "mean": _listed(wide.mean()),
        "elements": value.size,
    }


def renamed(graph: Graph, names: dict[str, str]) -> Graph:
    """The same graph, its parameters called by other names."""
    nodes = (
        replace(node, name=names.get(node.name, node.name)) if node.kind == "parameter" else node
        for node in graph.nodes
    )
    return replace(graph, nodes=tuple(nodes))


def _listed(value: np.ndarray | np.generic) -> Any:
    if value.dtype.kind in "biu":
        return value.tolist()
    if value.dtype.kind == "c":
        return {"real": _listed(np.real(value)), "imaginary": _listed(np.imag(value))}
    if value.dtype.itemsize < 4:
        value = value.astype(np.float32)  # bfloat16, float16: float32 has all their values
    if np.isfinite(value).all():
        return value.tolist()
    return [_listed(row) for row in np.asarray(value)] if value.ndim else str(value.item())


def _node(node: Node, small: int | None) -> dict[str, Any]:
    """A node's fields; those that say nothing are left out."""
    told: dict[str, Any] = {
        "id": node.id,
        "kind": node.kind,
        "phase": node.phase,
        "operation": node.operation,
        "common": node.common,
        "name": node.name,
        "shape": list(node.shape),
        "dtype": node.dtype,
        "value": numbers(node.value, small),
        "gradient": numbers(node.gradient, small),
        "backward": node.backward,
        "inputs": [
            {
                "source": edge.source,
                "local": None if edge.local is None else numbers(np.asarray(edge.local)),
                "product": numbers(edge.product, small),
            }
            for edge in node.inputs
        ],
        "saved": [vars(saved) | {"shape": list(saved.shape)} for saved in node.saved],
        "place": node.place and vars(node.place),
        "scope": list(node.scope),
        "parent": node.parent,
        "turn": node.turn,
        "gradient_id": node.gradient_id,
    }
    return {key: value for key, value in told.items() if value not in (None, "", [])}
