"""Why a value of one graph has no counterpart in another, where that can be told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from jaxdl.autograd.graph import Graph

Reason = Literal["constant", "dead", "layout", "fused", "decomposed", ""]
MOST = 12  # operations of a piece that still explains something
LAYOUT = ("transpose", "reshape", "broadcast")  # the same numbers, laid out anew


def pieces(
    graph: Graph, other: Graph, partner: Mapping[str, str]
) -> dict[str, tuple[Reason, list[str]]]:
    """The forward nodes that are tied to none, each with the reason and what stands for it.

    A value without a counterpart goes into one that has one. What leads there from the tied values
    before it is a piece of the program; the other graph computes the same piece in one operation
    ("fused"), or in several, none of whose values is one of these ("decomposed"). What only lays
    the same numbers out anew ("layout") counts as no operation.

    Args:
        graph, other: the two graphs.
        partner: of the tied nodes of `graph`, their counterparts in `other`.

    Returns:
        id -> the reason, "" where it cannot be told; the other graph's nodes of the piece, the last
        of them tied.
    """
    theirs = set(partner.values())
    into: dict[str, str] = {}  # of an untied value, the tied one that it goes into first
    for node in reversed(list(graph.forward())):
        if node.id in partner:
            continue
        users = (user.id for user, _ in graph.users[node.id])
        ends = [user if user in partner else into.get(user) for user in users]
        if first := next((end for end in ends if end), None):
            into[node.id] = first
    found: dict[str, list[str]] = {}
    told: dict[str, tuple[Reason, list[str]]] = {}
    for node in graph.forward():
        if node.id in partner:
            continue
        end = partner.get(into.get(node.id, ""))
        if node.kind == "constant":
            told[node.id] = "constant", []
        elif node.id != graph.output and not graph.users[node.id]:
            told[node.id] = "dead", []
        elif node.value is None and node.dtype == "":
            told[node.id] = "", []  # it stands for several values
        elif node.common in LAYOUT:
            told[node.id] = "layout", []
        elif end is None:
            told[node.id] = "", []
        else:
            if end not in found:
                found[end] = _piece(other, end, theirs)
            piece = found[end]
            reason = "fused" if len(piece) == 1 else "decomposed" if len(piece) <= MOST else ""
            told[node.id] = reason, piece if reason else []
    return told


def _piece(graph: Graph, end: str, tied: set[str]) -> list[str]:
    """The operations that lead from tied values to this one, itself the last."""
    found, left = {end}, [end]
    while left:
        for edge in graph[left.pop()].inputs:
            source = graph[edge.source]
            if source.kind == "operation" and source.id not in tied and source.id not in found:
                found.add(source.id)
                left.append(source.id)
    found = {id for id in found if id == end or graph[id].common not in LAYOUT}
    return [node.id for node in graph.nodes if node.id in found]
