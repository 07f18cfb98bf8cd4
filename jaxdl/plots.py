"""What more than one lesson draws, on Matplotlib's object interface (no window, no state)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike


def row(
    panels: int, *, rows: int = 1, width: float = 4.2, height: float = 3.6
) -> tuple[Figure, list[Axes]]:
    """An empty figure with its panels side by side, in one row or more; inches for each panel."""
    from matplotlib.figure import Figure

    columns = -(-panels // rows)
    figure = Figure(figsize=(width * columns, height * rows), layout="constrained", dpi=110)
    axes = figure.subplots(rows, columns, squeeze=False).ravel()
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


def learning(axes: Axes, title: str, history: Mapping[str, Any]) -> None:
    """Draw the loss of every step and, on an axis of its own, the test accuracy of every epoch."""
    import numpy as np

    losses = np.concatenate([np.ravel(row) for row in history["loss"]])
    axes.plot(losses, linewidth=0.8, label="loss of a step")
    axes.set(title=title, xlabel="step", ylabel="loss", yscale="log")
    accuracies = history.get("test_accuracy", [])
    if accuracies:
        steps = np.cumsum([len(row) for row in history["loss"]])[: len(accuracies)]
        right = axes.twinx()
        right.plot(steps, accuracies, "k.-", linewidth=1.0)
        right.set(ylabel="test accuracy (black)", ylim=(min(0.9, *accuracies), 1))


def confusion(
    axes: Axes,
    labels: ArrayLike,
    guesses: ArrayLike,
    names: Sequence[str] = tuple("0123456789"),
    *,
    what: str = "images",
) -> None:
    """Draw how often an example of a class (row) is taken for each class (column).

    Args:
        axes: where.
        labels, guesses: (n,), numbers of classes.
        names: of the classes.
        what: the examples are.
    """
    import numpy as np

    counts = np.zeros((len(names), len(names)), int)
    np.add.at(counts, (np.asarray(labels), np.asarray(guesses)), 1)
    axes.imshow(np.sqrt(counts), cmap="Blues")
    for (truth, guess), count in np.ndenumerate(counts):
        if count:
            color = "white" if np.sqrt(count / counts.max()) > 0.6 else "black"  # of the cell
            text = str(count)
            axes.text(guess, truth, text, ha="center", va="center", fontsize=6, color=color)
    axes.set(title=f"confusion, test {what}", xlabel="taken for", ylabel="is")
    long = max(map(len, names)) > 2
    axes.set_xticks(range(len(names)), names, rotation=90 if long else 0)
    axes.set_yticks(range(len(names)), names)
    axes.grid(visible=False)


def mistakes(
    axes: Axes, images: ArrayLike, labels: ArrayLike, p: ArrayLike, count: int = 16
) -> None:
    """Draw the wrong answers that a classifier is surest of, with the truth and the guess.

    Args:
        axes: where.
        images: (n, height, width, channels).
        labels: (n,).
        p: probabilities (n, classes).
        count: how many at most.
    """
    import numpy as np

    p, labels = np.asarray(p), np.asarray(labels)
    guesses, sureness = p.argmax(1), p.max(1)
    order = np.argsort(-sureness, kind="stable")
    worst = [i for i in order if guesses[i] != labels[i]][:count]
    names = [f"{labels[i]}, not {guesses[i]} ({sureness[i]:.0%})" for i in worst]
    chosen = np.asarray(images)[worst].mean(axis=-1)  # colours as grey
    pictures(axes, "surest mistakes", chosen, columns=4, labels=names)


def pictures(
    axes: Axes,
    title: str,
    images: ArrayLike,
    *,
    columns: int,
    labels: Sequence[str] = (),
    cmap: str = "gray",
) -> None:
    """Draw small grey images in a grid, each scaled to its own darkest and brightest pixel.

    Args:
        axes: where.
        title: above the grid.
        images: (n, height, width).
        columns: images in a row.
        labels: a line above each image.
        cmap: Matplotlib's name of a colour map.
    """
    import numpy as np

    images = np.asarray(images, np.float64)
    axes.set(title=title)
    axes.axis("off")
    if not len(images):
        return
    low, high = (bound(images, axis=(1, 2), keepdims=True) for bound in (np.min, np.max))
    scaled = (images - low) / np.maximum(high - low, 1e-12)
    gap = 1 if not labels else max(1, images.shape[1] // 5)  # room for a line of text
    cells = np.pad(scaled, ((0, 0), (gap, 0), (1, 0)), constant_values=np.nan)
    rows = -(-len(cells) // columns)
    blank = np.full((rows * columns - len(cells), *cells.shape[1:]), np.nan)
    grid = np.concatenate([cells, blank]).reshape(rows, columns, *cells.shape[1:])
    height, width = cells.shape[1:]
    sheet = grid.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)
    axes.imshow(sheet, cmap=cmap, vmin=0, vmax=1)
    for i, label in enumerate(labels):
        x, y = (i % columns + 0.5) * width, i // columns * height + gap - 1
        axes.text(x, y, label, ha="center", va="bottom", fontsize=5)


def heat(
    axes: Axes, title: str, shares: ArrayLike, down: Sequence[str], across: Sequence[str]
) -> None:
    """Draw shares, 0 white and 1 dark, with a letter at every row and every column.

    Args:
        axes: where.
        title: above it.
        shares: (rows, columns), from 0 to 1.
        down, across: the letters of the rows, from above, and of the columns.
    """
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    size = 10 if max(len(down), len(across)) < 25 else 5
    axes.set_xticks(range(len(across)), across, fontsize=size)
    axes.set_yticks(range(len(down)), down, fontsize=size)
    axes.set(title=title)
    axes.grid(visible=False)


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
