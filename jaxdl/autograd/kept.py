"""How long each tensor is kept for the way back: from what keeps it to its last use."""

from __future__ import annotations

from typing import Any

from jaxdl.autograd.graph import Graph


def kept(graph: Graph) -> list[dict[str, Any]]:
    """One entry a storage, in the order in which they are first kept.

    Returns:
        Entries with "storage", "name", "bytes", "shape", "source" (node or None), "parameter" (it
        would be there anyway), "from" (the node that keeps it first) and "until": the last of
        `graph.backward` that needs it; None where none does.
    """
    place = {id: position for position, id in enumerate(graph.backward)}
    parameters = {node.id for node in graph.nodes if node.kind == "parameter"}
    readers: dict[str, list[int]] = {}
    for node in graph.nodes:
        if node.phase == "backward" and node.id in place:
            for edge in node.inputs:
                readers.setdefault(edge.source, []).append(place[node.id])
    found: dict[int, dict[str, Any]] = {}
    ends: dict[int, list[int]] = {}
    for node in graph.nodes:
        for saved in node.saved:
            entry = found.setdefault(
                saved.storage,
                {
                    "storage": saved.storage,
                    "name": saved.name,
                    "bytes": saved.bytes,
                    "shape": list(saved.shape),
                    "source": saved.source,
                    "parameter": False,
                    "from": node.id,
                    "until": None,
                },
            )
            entry["parameter"] |= saved.parameter or saved.source in parameters
            last = ends.setdefault(saved.storage, [])
            if graph.framework == "jax":
                last += readers.get(saved.source or node.id, [])
            elif node.id in place:
                last.append(place[node.id])
    for storage, entry in found.items():
        if ends[storage]:
            entry["until"] = graph.backward[max(ends[storage])]
    return list(found.values())
