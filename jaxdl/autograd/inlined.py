"""A graph whose checkpoints are not nodes of their own: their inside stands in their place."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np

from jaxdl.autograd.graph import Graph, Node


def inlined(graph: Graph, operations: Collection[str]) -> Graph:
    """The graph with the inside of these operations' nodes in their place, where it is there.

    A result is the value inside that equals it. The gradient of a value inside is the first
    equation of the way back that has its value, as the order of the equations has it.

    Args:
        graph: of JAX, opened.
        operations: their names: {"remat2"}.
    """
    inside: dict[str, list[Node]] = {}
    for node in graph.nodes:
        if node.parent and graph[node.parent].operation in operations:
            inside.setdefault(node.parent, []).append(node)
    into: dict[str, str] = {}
    changed: dict[str, Node] = {}
    for parent, children in inside.items():
        whole = graph[parent]
        results = [whole] if whole.value is not None else _parts(graph, parent)
        for result in results:
            child = next(c for c in reversed(children) if _equal(c.value, result.value))
            into[result.id] = child.id
            changed[child.id] = replace(child, gradient_id=result.gradient_id)
        into.setdefault(parent, children[-1].id)
        first = next(child for child in children if child.kind == "operation")
        changed[first.id] = replace(changed.get(first.id, first), saved=whole.saved)
        for child in children:
            node = changed.get(child.id, child)
            scope = (*whole.scope, "checkpoint", *node.scope)
            slope = node.gradient_id or _gradient(graph, node)
            changed[child.id] = replace(node, scope=scope, parent=None, gradient_id=slope)
    nodes = (changed.get(node.id, node) for node in graph.nodes if node.id not in into)
    known = graph.by_id
    return replace(graph, nodes=tuple(_told(node, into, known) for node in nodes))


def _parts(graph: Graph, parent: str) -> list[Node]:
    return [
        node
        for node, _ in graph.users[parent]
        if node.operation == "getitem" and node.parent is None
    ]


def _gradient(graph: Graph, node: Node) -> str | None:
    if node.gradient is None:
        return None
    way = (graph[id] for id in graph.backward)
    return next((other.id for other in way if _equal(other.value, node.gradient)), None)


def _equal(a: object, b: object) -> bool:
    if not isinstance(a, np.ndarray) or not isinstance(b, np.ndarray):
        return False
    return a.shape == b.shape and a.tobytes() == b.tobytes()


def _told(node: Node, into: dict[str, str], known: dict[str, Node]) -> Node:
    """The node, what it names by the names that there are now."""
    edges = tuple(replace(e, source=into.get(e.source, e.source)) for e in node.inputs)
    saved = tuple(
        replace(s, source=into[s.source], name=known[into[s.source]].operation)
        if s.source in into
        else s
        for s in node.saved
    )
    return replace(node, inputs=edges, saved=saved)
