"""What more than one lesson draws, on Matplotlib's object interface (no window, no state)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from jaxdl._optional import need

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike


def row(
    panels: int, *, rows: int = 1, width: float = 4.2, height: float = 3.6
) -> tuple[Figure, list[Axes]]:
    """An empty figure with its panels side by side, in one row or more; inches for each panel."""
    need("matplotlib", "a figure")
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


def classifier(
    title: str, history: Mapping[str, Any], images: ArrayLike, labels: ArrayLike, p: ArrayLike
) -> Figure:
    """How a classifier of ten classes learned, which it confuses, its surest mistakes.

    Args:
        title: of the first panel.
        history: as `train` gives it.
        images: of the test set, (n, height, width, channels).
        labels: theirs, (n,).
        p: its probabilities for them, (n, 10).
    """
    import numpy as np

    figure, (left, middle, right) = row(3)
    learning(left, title, history)
    confusion(middle, labels, np.argmax(p, axis=1))
    mistakes(right, images, labels, p)
    return figure


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


@dataclass
class Box:
    """A box of a graph.

    Args:
        label: what stands in it.
        inputs: the keys of the boxes from which an arrow leads here.
        value: the number beside it; None: none.
    """

    label: str
    inputs: list[Hashable]
    value: float | None = None


def graph(axes: Axes, title: str, boxes: Mapping[Hashable, Box]) -> None:
    """Draw a graph without circles, its arrows pointing down.

    Args:
        axes: where.
        title: above it.
        boxes: key -> box.
    """

    @cache
    def level(key: Hashable) -> int:
        return max((1 + level(before) for before in boxes[key].inputs), default=0)

    rows: dict[int, list[Hashable]] = {}
    for key, box in boxes.items():
        used = [level(after) for after in boxes if key in boxes[after].inputs]
        height = level(key) if box.inputs else min(used, default=1) - 1  # close to its first use
        rows.setdefault(height, []).append(key)
    place: dict[Hashable, tuple[float, int]] = {}
    for height, keys in sorted(rows.items()):  # each below what it comes from, so few arrows cross
        above = {key: [place[before][0] for before in boxes[key].inputs] or [0.5] for key in keys}
        keys.sort(key=lambda key: sum(above[key]) / len(above[key]))
        for column, key in enumerate(keys):
            place[key] = (column + 0.5) / len(keys), -height
    frame = {"boxstyle": "round,pad=0.3", "fc": "white", "ec": "0.4"}
    drawn = {
        key: axes.text(*place[key], box.label, fontsize=9, ha="center", va="center", bbox=frame)
        for key, box in boxes.items()
    }
    for key, box in boxes.items():
        for before in box.inputs:
            ends = {"patchA": drawn[before].get_bbox_patch(), "patchB": drawn[key].get_bbox_patch()}
            arrow = {"arrowstyle": "->", "color": "0.5", "shrinkA": 0, "shrinkB": 1, **ends}
            axes.annotate("", place[key], place[before], arrowprops=arrow, zorder=4)
        if box.value is not None:
            beside = {"xytext": (7, 0), "textcoords": "offset points", "va": "center"}
            value = f"{box.value:g}".replace("-", "−")
            axes.annotate(
                value, (1, 0.5), xycoords=drawn[key], color="tab:blue", fontsize=9, **beside
            )
    axes.set(title=title, xlim=(0, 1), ylim=(-max(rows) - 0.5, 0.5))
    axes.axis("off")


SIGNS = {"add": "+", "sub": "−", "mul": "×", "div": "÷", "neg": "−"}


def boxes_of_jaxpr(
    jaxpr: Any, names: Sequence[str], results: Sequence[str], values: Sequence[Any]
) -> dict[Hashable, Box]:
    """A box for every operation of a jaxpr that its results need, with the number it computes.

    Args:
        jaxpr: what `jax.make_jaxpr(f)(*args)` returns; operations on single numbers.
        names: of the inputs.
        results: of the outputs.
        values: the inputs.
    """
    inner = jaxpr.jaxpr
    known = dict(zip(inner.constvars, jaxpr.consts, strict=True))
    known |= dict(zip(inner.invars, values, strict=True))
    boxes: dict[Hashable, Box] = {
        var: Box(name, [], float(known[var])) for var, name in zip(inner.invars, names, strict=True)
    }
    needed = set(inner.outvars)
    for equation in reversed(inner.eqns):
        if needed.intersection(equation.outvars):
            needed |= {var for var in equation.invars if not hasattr(var, "val")}
    for equation in inner.eqns:
        (made,) = equation.outvars
        if made not in needed:  # recorded, and used by nothing
            continue
        operands = equation.invars
        read = [var.val if hasattr(var, "val") else known[var] for var in operands]
        known[made] = equation.primitive.bind(*read, **equation.params)
        label = str(equation.primitive.name)
        label = SIGNS.get(label, label)
        if label == "integer_pow":
            label = "square" if equation.params["y"] == 2 else f"power {equation.params['y']}"
        if hasattr(operands[0], "val"):
            label = f"{read[0]:g} {label}"
        if len(operands) > 1 and hasattr(operands[1], "val"):
            label = f"{label} {read[1]:g}"
        inputs = [var for var in operands if not hasattr(var, "val")]
        boxes[made] = Box(label, inputs, float(known[made]))
    for index, (var, name) in enumerate(zip(inner.outvars, results, strict=True)):
        boxes[index] = Box(name, [var], float(known[var]))
    return boxes


def boxes_of_grad_fn(loss: Any, names: Mapping[str, Any]) -> dict[Hashable, Box]:
    """A box for every node of the graph behind a PyTorch loss, with the gradient that reaches it.

    Calls `loss.backward()`, since only the walk knows the gradients.

    Args:
        loss: a tensor of one element.
        names: name -> parameter, as `named_parameters` gives them; of one element.
    """
    boxes: dict[Hashable, Box] = {"loss": Box("l", [], loss.item())}
    todo = [("loss", loss.grad_fn)]
    while todo:
        before, node = todo.pop(0)
        if node not in boxes:
            boxes[node] = box = Box(type(node).__name__, [])
            node.register_prehook(partial(_keep, box))
            todo += [(node, after) for after, _ in node.next_functions if after is not None]
        boxes[node].inputs.append(before)
    loss.backward()
    for name, parameter in names.items():
        ends = [node for node in boxes if getattr(node, "variable", None) is parameter]
        boxes[name] = Box(f"{name}.grad", [*ends], parameter.grad.item())
    return boxes


def _keep(box: Box, gradients: Any) -> None:
    box.value = gradients[0].item()
