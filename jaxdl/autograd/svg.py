"""A step of both programs as one picture: what corresponds stands at the same height."""

from __future__ import annotations

from xml.sax.saxutils import escape

from jaxdl.autograd.graph import Graph
from jaxdl.autograd.recording import Step
from jaxdl.autograd.text import NAMES, label, rows, value

ROW, BOX, GAP, MARGIN, HEAD = 58, 300, 130, 90, 40
STYLE = (
    "text{font:13px system-ui,sans-serif;fill:#1b1f24}.small{font-size:11px;fill:#57606a}"
    ".grad{fill:#b35900}rect{fill:#f6f8fa;stroke:#8c959f}.parameter{fill:#ddf4ff;stroke:#0969da}"
    ".input,.constant{fill:#fff;stroke-dasharray:3 2}path{fill:none;stroke:#8c959f}"
    ".tie{stroke:#0969da;stroke-dasharray:2 3}"
)


def svg(step: Step) -> str:
    """The forward graphs of a step, each value with its gradient, as one SVG file."""
    worlds = [world for world in ("torch", "jax", "tape") if world in step.graphs][:2]
    if worlds == ["torch", "jax"]:
        lines = list(rows(step))
    else:
        graph = step.graphs[worlds[0]]
        lines, worlds = [(node.id, None) for node in graph.forward()], worlds[:1]
    heights = [
        {id: MARGIN // 2 + HEAD + i * ROW for i, pair in enumerate(lines) if (id := pair[side])}
        for side in range(len(worlds))
    ]
    width = MARGIN + len(worlds) * (BOX + GAP)
    height = HEAD + MARGIN + len(lines) * ROW
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img"><title>{escape(" | ".join(NAMES[w] for w in worlds))}'
        f'</title><style>{STYLE}</style><rect width="100%" height="100%" style="fill:#fff;'
        f'stroke:none"/>'
    ]
    for side, world in enumerate(worlds):
        left = MARGIN + side * (BOX + GAP)
        parts.append(f'<text x="{left}" y="28" font-weight="600">{escape(NAMES[world])}</text>')
        parts += _edges(step.graphs[world], heights[side], left)
        parts += _boxes(step.graphs[world], heights[side], left)
    for a, b in lines if len(worlds) > 1 else ():
        if a and b:
            y = heights[0][a] + 20
            parts.append(f'<path class="tie" d="M{MARGIN + BOX},{y}H{MARGIN + BOX + GAP}"/>')
    return "\n".join([*parts, "</svg>", ""])


def _boxes(graph: Graph, heights: dict[str, int], left: int) -> list[str]:
    found = []
    for id, y in heights.items():
        node = graph[id]
        what = label(node)
        gradient = "" if node.gradient is None else f"gradient {value(node.gradient)}"
        kept = sum(saved.bytes for saved in node.saved)
        found.append(
            f'<rect class="{node.kind}" x="{left}" y="{y}" width="{BOX}" height="40" rx="5"/>'
            f'<text x="{left + 8}" y="{y + 16}">{escape(what)} = {escape(value(node.value))}</text>'
            f'<text class="small grad" x="{left + 8}" y="{y + 33}">{escape(gradient)}</text>'
            + (
                f'<text class="small" x="{left + BOX - 8}" y="{y + 33}" text-anchor="end">'
                f"keeps {kept:,} B</text>"
                if kept
                else ""
            )
        )
    return found


def _edges(graph: Graph, heights: dict[str, int], left: int) -> list[str]:
    """An arc on the left of the boxes for each value that goes into an operation."""
    found = []
    for id, y in heights.items():
        for edge in graph[id].inputs:
            start = heights.get(edge.source)
            if start is None:
                continue
            if y - start == ROW:
                found.append(f'<path d="M{left + 30},{start + 40}V{y}"/>')
            else:
                reach = left - min(75, 12 + (y - start) // 8)
                middle = (start + y) // 2 + 20
                found.append(f'<path d="M{left},{start + 20}Q{reach},{middle} {left},{y + 20}"/>')
    return found
