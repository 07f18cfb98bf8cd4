"""How long each tensor is kept for the way back: from what keeps it to its last use."""

from __future__ import annotations

from typing import Any

from jaxdl.autograd.graph import Graph, Node, Saved

AGAIN = "rematted_computation"
"""JAX's own name for the scope of what a checkpoint computes again."""


def kept(graph: Graph, plain: Graph | None = None) -> list[dict[str, Any]]:
    """One entry a storage, in the order in which they are first kept.

    What a checkpoint computes again on the way back is kept from then on. In JAX these are values
    of the gradient's program that equations outside of the checkpoint read. PyTorch does not say
    what the operations that it runs again save: it is what they save without a checkpoint.

    Args:
        graph: with values.
        plain: of the same program without checkpoints, where PyTorch's has some.

    Returns:
        Entries with "storage", "name", "bytes", "shape", "source" (node or None), "parameter" (it
        would be there anyway), "from" (the node that keeps it first), "until": the last of
        `graph.backward` that needs it, None where none does; and "again": it was computed again,
        and "from" is one of `graph.backward`, too.
    """
    place = {id: position for position, id in enumerate(graph.backward)}
    parameters = {node.id for node in graph.nodes if node.kind == "parameter"}
    readers = _readers(graph, place)
    found: dict[int, dict[str, Any]] = {}
    ends: dict[int, list[int]] = {}
    for node in graph.nodes:
        for saved in node.saved:
            entry = found.setdefault(saved.storage, _entry(saved, node.id))
            entry["parameter"] |= saved.parameter or saved.source in parameters
            last = ends.setdefault(saved.storage, [])
            if graph.framework == "jax":
                last += readers.get(saved.source or node.id, [])
            elif node.id in place:
                last.append(place[node.id])
    for storage, entry in found.items():
        if ends[storage]:
            entry["until"] = graph.backward[max(ends[storage])]
    again = _again_jax(graph, place) if graph.framework == "jax" else _again_torch(graph, plain)
    return [*found.values(), *again]


def _entry(saved: Saved, first: str) -> dict[str, Any]:
    return {
        "storage": saved.storage,
        "name": saved.name,
        "bytes": saved.bytes,
        "shape": list(saved.shape),
        "source": saved.source,
        "parameter": saved.parameter,
        "from": first,
        "until": None,
    }


def _readers(graph: Graph, place: dict[str, int]) -> dict[str, list[int]]:
    """When the way back reads each value; an operation with several results, with its first."""
    parts: dict[str, int] = {}
    for node in graph.nodes:
        if node.id in place and node.operation == "getitem":
            parts.setdefault(node.inputs[0].source, place[node.id])
    readers: dict[str, list[int]] = {}
    for node in graph.nodes:
        at = place.get(node.id, parts.get(node.id))
        if node.phase == "backward" and at is not None:
            for edge in node.inputs:
                readers.setdefault(edge.source, []).append(at)
    return readers


def _again_jax(graph: Graph, place: dict[str, int]) -> list[dict[str, Any]]:
    inside = {node.id for node in graph.nodes if AGAIN in node.scope and node.id in place}
    outside = {id: at for id, at in place.items() if id not in inside}
    readers = _readers(graph, outside)
    return [
        _entry(Saved(node.operation, node.shape, node.dtype, _bytes(node), -1, node.id), node.id)
        | {"until": graph.backward[max(readers[node.id])], "again": True}
        for node in graph.nodes
        if node.id in inside and node.id in readers
    ]


def _again_torch(graph: Graph, plain: Graph | None) -> list[dict[str, Any]]:
    ours, theirs = list(graph.forward()), list(plain.forward()) if plain else []
    if [node.operation for node in ours] != [node.operation for node in theirs]:
        return []
    same = {b.id: a.id for a, b in zip(ours, theirs, strict=True)}
    # What is kept all the same: what goes into a checkpoint, and what is saved outside of one.
    sources = {saved.source for node in ours for saved in node.saved if saved.source}
    held = {
        saved.storage
        for node, without in zip(ours, theirs, strict=True)
        for saved in without.saved
        if node.id not in graph.again or same.get(saved.source or "") in sources
    }
    found: dict[int, dict[str, Any]] = {}
    for node, without in zip(ours, theirs, strict=True):
        for saved in without.saved if node.id in graph.again else ():
            if saved.parameter or saved.storage in held:
                continue
            entry = found.setdefault(saved.storage, _entry(saved, graph.again[node.id]))
            entry |= {"source": same.get(saved.source or ""), "again": True}
            entry["until"] = max(entry["until"] or node.id, node.id, key=graph.backward.index)
    return list(found.values())


def _bytes(node: Node) -> int:
    return 0 if node.value is None else node.value.nbytes
