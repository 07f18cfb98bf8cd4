"""Small pictures of large values: some of their elements, evenly spaced, in 255 shades."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np

from jaxdl.autograd.graph import SMALL, Graph

SIDE = 14  # elements a picture has along an axis, at most


def picture(value: np.ndarray | None, small: int | None = SMALL) -> dict[str, Any] | None:
    """A matrix of its elements; None where the value is told whole, or is no number.

    The last axis lies across, all before it run down; each element is kept as a signed byte, the
    largest of them in size being 127.

    Returns:
        {"rows", "columns", "largest", "shades": base64 of int8, row by row}.
    """
    if value is None or small is None or value.size <= small or value.dtype.kind == "c":
        return None
    if not value.dtype.itemsize:
        return None
    flat = np.asarray(value, np.float64)
    flat = flat.reshape(-1, flat.shape[-1]) if flat.ndim > 1 else flat.reshape(1, -1)
    rows, columns = (np.linspace(0, n - 1, min(n, SIDE)).astype(int) for n in flat.shape)
    seen = np.nan_to_num(flat[np.ix_(rows, columns)], posinf=0.0, neginf=0.0)
    largest = float(np.abs(seen).max())
    shades = np.round(seen * (127 / largest if largest else 0)).astype(np.int8)
    return {
        "rows": len(rows),
        "columns": len(columns),
        "largest": largest,
        "shades": base64.b64encode(shades.tobytes()).decode(),
    }


def pictured(graph: Graph, small: int | None = SMALL) -> dict[str, Any]:
    """`graph.to_json`, with pictures of the values and gradients that are not told whole."""
    told = graph.to_json(small)
    for node, entry in zip(graph.nodes, told["nodes"], strict=True):
        for key, value in (("picture", node.value), ("gradient_picture", node.gradient)):
            if found := picture(value, small):
                entry[key] = found
    return told
