"""A step of both programs as lines of text: what corresponds stands on one line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
from rich.cells import cell_len, set_cell_size

from jaxdl.autograd.graph import Graph, Node
from jaxdl.autograd.recording import Step, Update
from jaxdl.autograd.ties import alone

LEAST = 44  # cells that a world needs beside the other; with less they stand one below the other
WHY = {
    "constant": "constant",
    "dead": "taken by nothing",
    "several": "of several results",
    "operation": "computed there in other pieces",
    "": "unexplained",
}
NAMES = {
    "torch": "imperative (PyTorch)",
    "jax": "functional (JAX)",
    "tape": "imperative (the tape)",
}


def side_by_side(step: Step, columns: int) -> list[str]:
    """The forward pass of a step with every value and gradient, then what the update made of it.

    Args:
        step: of one or two worlds.
        columns: of the terminal.
    """
    worlds = [world for world in ("torch", "jax", "tape") if world in step.graphs]
    lines = []
    if len(worlds) > 1 and columns >= 2 * LEAST + 3:
        left, right = worlds[:2]
        width = (columns - 3) // 2
        lines += [_pair(NAMES[left], NAMES[right], width), _pair("─" * width, "─" * width, width)]
        for a, b in rows(step):
            texts = [
                _told(step.graphs[world], id, width) if id else [""]
                for world, id in ((left, a), (right, b))
            ]
            height = max(map(len, texts))
            padded = [text + [""] * (height - len(text)) for text in texts]
            lines += [_pair(x, y, width) for x, y in zip(*padded, strict=True)]
    else:
        for world in worlds:
            graph = step.graphs[world]
            lines += [NAMES[world], "─" * min(columns, LEAST)]
            for node in graph.forward():
                lines += _told(graph, node.id, columns)
            lines.append("")
    lines.append("")
    for world in worlds:
        kept = step.graphs[world].saved_bytes()
        lines.append(f"{NAMES[world]} keeps {kept:,} bytes for the way back, parameters apart")
        lines += [f"  {line}" for update in step.updates[world] for line in _update(update)]
    if {"torch", "jax"} <= set(worlds):
        lines.append(f"{len(step.ties)} values are the same in both")
        for side, (world, name) in enumerate((("torch", "PyTorch"), ("jax", "JAX"))):
            reasons = Counter(
                alone(step.graphs[world], {pair[side] for pair in step.ties}).values()
            )
            told = [f"{n} {WHY[why]}" for why, n in sorted(reasons.items())]
            lines.append(f"  {reasons.total()} of {name} have no partner: {', '.join(told) or '-'}")
    return lines


def rows(step: Step) -> Iterator[tuple[str | None, str | None]]:
    """The forward nodes of PyTorch and of JAX in their orders, those that are tied together."""
    left = [node.id for node in step.graphs["torch"].forward()]
    right = [node.id for node in step.graphs["jax"].forward()]
    place = {id: i for i, id in enumerate(right)}
    partners = {a: b for a, b, _ in step.ties}
    tied, done = set(partners.values()), 0
    for a in left:
        b = partners.get(a)
        if b is None or place[b] < done:
            yield a, None
            continue
        yield from ((None, other) for other in right[done : place[b]] if other not in tied)
        yield a, b
        done = place[b] + 1
    yield from ((None, other) for other in right[done:] if other not in tied)


def moments(step: Step, world: str) -> Iterator[tuple[str, str]]:
    """What a program does, one after the other: ("forward", …), ("backward", …), ("update", …)."""
    graph = step.graphs[world]
    for node in graph.forward():
        line = f"{node.place.line}: {node.place.text}\n    " if node.place else ""
        yield "forward", line + "\n    ".join(_told(graph, node.id, 10_000))
    for id in graph.backward:
        node = graph[id]
        yield "backward", _way_back(graph, node)
    for update in step.updates[world]:
        yield "update", "\n    ".join(_update(update))


def _way_back(graph: Graph, node: Node) -> str:
    if node.phase == "backward":
        return f"{node.id} {node.operation} = {value(node.value)}"
    products = [
        f"{edge.source} += {value(edge.product)}"
        for edge in node.inputs
        if edge.product is not None
    ]
    if node.kind == "parameter":
        return f"{node.name}.grad += {value(node.gradient)}"
    return f"{node.backward or node.operation} of {node.id}: " + ", ".join(products)


def value(array: Any) -> str:
    """A number, a few numbers, or shape and norm."""
    if array is None:
        return "none"
    array = np.asarray(array)
    if array.size == 1:
        return f"{array.ravel()[0]:.6g}" if array.dtype.kind in "fc" else str(array.ravel()[0])
    if array.size <= 4 and array.ndim == 1:
        return "[" + ", ".join(value(x) for x in array) + "]"
    if array.dtype.kind not in "fc":
        return f"{'×'.join(map(str, array.shape))} {array.dtype}"
    return f"{'×'.join(map(str, array.shape))} of norm {np.linalg.norm(np.float64(array)):.6g}"


def label(node: Node) -> str:
    """What a node is called: an operation by its own name, a leaf by the program's."""
    if node.kind == "operation":
        return node.operation
    return node.name or ("params" if node.kind == "parameter" else node.kind)


def _told(graph: Graph, id: str, width: int) -> list[str]:
    """A node in one line, its gradient and what it keeps in a second."""
    node = graph[id]
    what = label(node)
    came = ", ".join(edge.source for edge in node.inputs)
    depth = "  " if node.parent else ""
    lines = [f"{depth}{node.id} {what}({came})" if came else f"{depth}{node.id} {what}"]
    lines[0] += f" = {value(node.value)}"
    more = []
    if node.gradient is not None:
        more.append(f"gradient {value(node.gradient)}")
    if node.saved:
        more.append(f"keeps {sum(saved.bytes for saved in node.saved):,} B")
    if more:
        lines.append(f"{depth}   {', '.join(more)}")
    return [set_cell_size(line, width) if cell_len(line) > width else line for line in lines]


def _update(update: Update) -> list[str]:
    return [
        f"{update.name or 'params'}: {value(update.before)} → {value(update.after)}"
        f" (gradient {value(update.gradient)})"
    ]


def _pair(left: str, right: str, width: int) -> str:
    return f"{set_cell_size(left, width)} │ {right}".rstrip()
