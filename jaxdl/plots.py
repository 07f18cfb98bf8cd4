"""What more than one lesson draws, on Matplotlib's object interface (no window, no state)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike


def row(panels: int, *, width: float = 4.2, height: float = 3.6) -> tuple[Figure, list[Axes]]:
    """An empty figure with its panels side by side; sizes in inches, for each panel."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width * panels, height), layout="constrained", dpi=110)
    axes = figure.subplots(1, panels, squeeze=False)[0]
    for axis in axes:
        axis.spines[["top", "right"]].set_visible(False)
        axis.grid(alpha=0.25)
    return figure, list(axes)


def curve(
    axes: Axes,
    title: str,
    lines: Mapping[str, ArrayLike],
    *,
    x: str = "step",
    y: str = "loss",
    log: bool = False,
) -> None:
    """Draw one line a name over the index of its values (steps or epochs); NaN leaves a gap."""
    import numpy as np

    for name, values in lines.items():
        axes.plot(np.asarray(values, np.float64), label=name, linewidth=1.2)
    axes.set(title=title, xlabel=x, ylabel=y)
    if log:
        axes.set_yscale("log", nonpositive="clip")
    if len(lines) > 1:
        axes.legend(frameon=False, fontsize=8)


def graph(axes: Axes, title: str, jaxpr: Any) -> None:
    """Draw a jaxpr as a graph, values flowing downwards: one box an operation.

    Args:
        axes: where.
        title: above it.
        jaxpr: what `jax.make_jaxpr(f)(*args)` returns. Literals are written into the boxes.
    """
    inner = jaxpr.jaxpr
    names = {var: f"in {index}" for index, var in enumerate((*inner.constvars, *inner.invars))}
    level = dict.fromkeys(names, 0)
    rows: dict[int, list[tuple[str, list[Any], list[Any]]]] = {0: []}
    for var, name in names.items():
        rows[0].append((name, [], [var]))
    for equation in inner.eqns:
        literals = [f"{var.val:g}" for var in equation.invars if hasattr(var, "val")]
        inputs = [var for var in equation.invars if not hasattr(var, "val")]
        depth = 1 + max((level[var] for var in inputs), default=0)
        level |= dict.fromkeys(equation.outvars, depth)
        label = " ".join([equation.primitive.name, *literals])
        rows.setdefault(depth, []).append((label, inputs, equation.outvars))
    depth = 1 + max(rows)
    rows[depth] = [("out", [var for var in inner.outvars if not hasattr(var, "val")], [])]
    place = {}
    for height, boxes in rows.items():
        for index, (label, inputs, made) in enumerate(boxes):
            x, y = (index + 1) / (len(boxes) + 1), -height
            place |= dict.fromkeys(made, (x, y))
            for var in inputs:
                arrow = {"arrowstyle": "->", "color": "0.5"}
                axes.annotate("", (x, y + 0.2), place[var], arrowprops=arrow, zorder=0)
            axes.text(
                x, y, label, ha="center", va="center", fontsize=8, bbox={"fc": "white", "ec": "0.4"}
            )
    axes.set(title=title, xlim=(0, 1), ylim=(-depth - 0.5, 0.5))
    axes.axis("off")
