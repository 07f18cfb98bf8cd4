"""Which value of one graph is which of another: by what they are and by their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Literal

import numpy as np

from jaxdl.autograd.graph import Graph, Node

How = Literal["equal", "transposed", "reshaped", "named"]
Tie = tuple[str, str, How]

AXES = {2: ((1, 0),), 4: ((0, 2, 3, 1), (2, 3, 1, 0), (3, 2, 0, 1), (0, 3, 1, 2))}
"""The orders of axes in which the two frameworks keep the same matrix, images or kernel."""


def tie(
    left: Graph, right: Graph, names: Mapping[str, str] | None = None, tolerance: float = 1e-4
) -> list[Tie]:
    """The pairs of forward nodes that hold the same value.

    Parameters are tied by their names, those without a namesake by value and gradient together;
    inputs and operations in their order, each to the first node after the last one tied whose
    value is the same, one of the same common operation first.

    Args:
        left, right: graphs with values.
        names: a parameter's name in `left` to its name in `right`; without an entry it is the same.
        tolerance: how far two values may be apart, by the largest of them.

    Returns:
        (id in `left`, id in `right`, how the right one is seen from the left), in `left`'s order;
        "named" are parameters of one name whose values are not the same.
    """
    names, theirs = names or {}, right.parameters
    ties: list[Tie] = []
    for name, node in left.parameters.items():
        if other := theirs.get(names.get(name, name)):
            ties.append((node.id, other.id, _how(node, other, tolerance) or "named"))
    ties += _by_gradient(left, right, ties, tolerance)
    for kinds in (("input", "constant"), ("operation",)):
        ties += _in_order(
            [node for node in left.forward() if node.kind in kinds and node.value is not None],
            [node for node in right.forward() if node.kind in kinds and node.value is not None],
            tolerance,
        )
    position = {node.id: i for i, node in enumerate(left.nodes)}
    return sorted(ties, key=lambda pair: position[pair[0]])


def _by_gradient(left: Graph, right: Graph, ties: list[Tie], tolerance: float) -> list[Tie]:
    """Parameters without a namesake: the first one of the same value and the same gradient."""
    done = {id for a, b, _ in ties for id in (("left", a), ("right", b))}
    theirs = [node for node in right.parameters.values() if ("right", node.id) not in done]
    found: list[Tie] = []
    for node in left.parameters.values():
        if ("left", node.id) in done or node.gradient is None:
            continue
        slope = replace(node, value=node.gradient)
        for other in theirs:
            how = _how(node, other, tolerance)
            if how and _how(slope, replace(other, value=other.gradient), tolerance):
                found.append((node.id, other.id, how))
                theirs.remove(other)
                break
    return found


def _in_order(ours: list[Node], theirs: list[Node], tolerance: float) -> list[Tie]:
    norms = np.array([np.linalg.norm(np.float64(node.value)) for node in theirs])
    sizes = np.array([_size(node) for node in theirs])
    found: list[Tie] = []
    start = 0
    for node in ours:
        norm = np.linalg.norm(np.float64(node.value))
        with np.errstate(invalid="ignore"):  # a mask of -inf has an infinite norm
            near = np.abs(norms[start:] - norm) <= tolerance * max(norm, 1e-30)
        near &= sizes[start:] == _size(node)
        hows = [(start + i, _how(node, theirs[start + i], tolerance)) for i in np.nonzero(near)[0]]
        same = [(i, how) for i, how in hows if how]
        alike = [(i, how) for i, how in same if theirs[i].common == node.common]
        if same:
            at, how = (alike or same)[0]
            found.append((node.id, theirs[at].id, how))  # type: ignore[arg-type]
            start = at + 1
    return found


def _size(node: Node) -> int:
    return 0 if node.value is None else node.value.size


def _how(node: Node, other: Node, tolerance: float) -> How | None:
    a, b = node.value, other.value
    if a is None or b is None or a.size != b.size:
        return None
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    scale = tolerance * max(float(np.max(np.abs(b), initial=0)), 1e-30)

    def same(x: np.ndarray) -> bool:
        return x.shape == b.shape and bool(np.all(np.abs(x - b) <= scale))

    if same(a):
        return "equal"
    if any(same(a.transpose(axes)) for axes in AXES.get(a.ndim, ())):
        return "transposed"
    return "reshaped" if same(a.reshape(b.shape)) else None
