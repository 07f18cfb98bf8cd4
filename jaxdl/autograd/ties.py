"""Which value of one graph is which of another: by what they are and by their order."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial
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
    inputs and operations in their order, each to a node after the last one tied whose value is the
    same: the first that has the same gradient, too, and the same common operation; else the first
    that has the same gradient; else the first of the same common operation.

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
            how = _how(node.value, other.value, tolerance)
            ties.append((node.id, other.id, how or "named"))
    ties += _by_gradient(left, right, ties, tolerance)
    for kinds in (("input", "constant"), ("operation",)):
        ties += _in_order(
            [node for node in left.forward() if node.kind in kinds and node.value is not None],
            [node for node in right.forward() if node.kind in kinds and node.value is not None],
            tolerance,
        )
    position = {node.id: i for i, node in enumerate(left.nodes)}
    return sorted(ties, key=lambda pair: position[pair[0]])


def alone(graph: Graph, tied: Collection[str]) -> dict[str, str]:
    """The forward nodes that are not tied, and why, where it can be told.

    Returns:
        By id: "constant"; "dead": nobody takes it, and it is not the loss; "several": it stands for
        several values, which are nodes of their own; "operation": all that it goes into leads to
        one tied value, to which the other framework comes by other operations; "": not known.
    """
    ahead: dict[str, set[str]] = {}  # the first tied values on the ways from a node; two are many
    for node in reversed(list(graph.forward())):
        found: set[str] = set()
        for user, _ in graph.users[node.id]:
            if len(found) < 2:
                found |= {user.id} if user.id in tied else ahead[user.id]
        ahead[node.id] = found
    reasons = {}
    for node in graph.forward():
        if node.id in tied:
            continue
        if node.kind == "constant":
            reasons[node.id] = "constant"
        elif node.id != graph.output and not graph.users[node.id]:
            reasons[node.id] = "dead"
        elif node.value is None and node.dtype == "":
            reasons[node.id] = "several"
        else:
            reasons[node.id] = "operation" if len(ahead[node.id]) == 1 else ""
    return reasons


def called(node: Node) -> str:
    """A value by name: a leaf's own; an operation's, after the modules or functions around it."""
    own = node.operation or node.name or node.kind
    return "/".join([*node.scope, own]) if node.kind == "operation" else own


def _by_gradient(left: Graph, right: Graph, ties: list[Tie], tolerance: float) -> list[Tie]:
    """Parameters without a namesake: the first one of the same value and the same gradient."""
    done = {id for a, b, _ in ties for id in (("left", a), ("right", b))}
    theirs = [node for node in right.parameters.values() if ("right", node.id) not in done]
    found: list[Tie] = []
    for node in left.parameters.values():
        if ("left", node.id) in done or node.gradient is None:
            continue
        for other in theirs:
            how = _how(node.value, other.value, tolerance)
            if how and _how(node.gradient, other.gradient, tolerance):
                found.append((node.id, other.id, how))
                theirs.remove(other)
                break
    return found


def _in_order(ours: list[Node], theirs: list[Node], tolerance: float) -> list[Tie]:
    norms = np.array([_norm(node.value) for node in theirs])
    sorted_norms = norms[order := np.argsort(norms, kind="stable")]
    found: list[Tie] = []
    start = 0
    for node in ours:
        norm = _norm(node.value)
        apart = tolerance * max(norm, 1e-30)
        first = np.searchsorted(sorted_norms, norm - apart, "left")
        near = np.sort(order[first : np.searchsorted(sorted_norms, norm + apart, "right")])
        best: tuple[int, int, How] | None = None  # rank, place, how
        for at in near[np.searchsorted(near, start) :]:
            other = theirs[at]
            if how := _how(node.value, other.value, tolerance):
                alike = node.common == other.common
                rank = (not _one_slope(node, other, tolerance)) * 2 + (not alike)
                if rank < 3 and (best is None or rank < best[0]):
                    best = rank, int(at), how
                if rank == 0:
                    break
        if best:
            found.append((node.id, theirs[best[1]].id, best[2]))
            start = best[1] + 1
    return found


def _one_slope(node: Node, other: Node, tolerance: float) -> bool:
    """Whether two nodes of one value have one gradient, too; none is as good as zeros."""
    if node.gradient is None or other.gradient is None:
        return not any(np.any(one.gradient) for one in (node, other) if one.gradient is not None)
    return _how(node.gradient, other.gradient, tolerance) is not None


def _norm(value: np.ndarray | None) -> float:
    """Of what is finite, and less than what a square overflows at: a mask may hold the largest."""
    wide = np.nan_to_num(np.float64(0 if value is None else value), posinf=0.0, neginf=0.0)
    return float(np.linalg.norm(np.clip(wide, -1e150, 1e150)))


def _how(a: np.ndarray | None, b: np.ndarray | None, tolerance: float) -> How | None:
    """How the second is seen from the first; None: they are not the same."""
    if a is None or b is None or a.size != b.size:
        return None
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    finite = b if (known := np.isfinite(b)).all() else b[known]
    scale = tolerance * max(float(np.abs(finite).max(initial=0)), 1e-30)
    close = partial(np.allclose, rtol=0, atol=scale, equal_nan=True)

    def same(x: np.ndarray) -> bool:
        if x.shape != b.shape:
            return False
        return bool((np.abs(x - b) <= scale).all()) if finite is b else close(x, b)

    if same(a):
        return "equal"
    if any(same(a.transpose(axes)) for axes in AXES.get(a.ndim, ())):
        return "transposed"
    return "reshaped" if same(a.reshape(b.shape)) else None
