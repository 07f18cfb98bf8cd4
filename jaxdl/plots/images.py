"""Tables and pictures: confusions, mistakes, kernels, where a net looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jaxdl.plots.canvas import mosaic, say
from jaxdl.plots.curves import learning

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike


def classifier(
    name: str, history: Mapping[str, Any], images: ArrayLike, labels: ArrayLike, logits: ArrayLike
) -> Figure:
    """How a classifier of ten classes learned, which it confuses, its surest mistakes.

    Args:
        name: of the net and the data, for the first panel's title.
        history: as `train` gives it.
        images: of the test set, (n, height, width, channels).
        labels: theirs, (n,).
        logits: what it gives for them, (n, 10).
    """
    import numpy as np

    z = np.asarray(logits)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    figure, (above, left, right) = mosaic("aa;bc", height=5.7, heights=(2, 3))
    learning(above, f"{say('loss and test accuracy')} ({name})", history)
    confusion(left, labels, np.argmax(p, axis=1))
    mistakes(right, images, labels, p)
    return figure


def confusion(
    axes: Axes,
    labels: ArrayLike,
    guesses: ArrayLike,
    names: Sequence[str] = tuple("0123456789"),
    *,
    title: str = "",
) -> None:
    """Draw how often an example of a class (row) is taken for each class (column).

    Args:
        axes: where.
        labels, guesses: (n,), numbers of classes.
        names: of the classes.
        title: above it; of test images where nothing is said.
    """
    import numpy as np

    counts = np.zeros((len(names), len(names)), int)
    np.add.at(counts, (np.asarray(labels), np.asarray(guesses)), 1)
    axes.imshow(np.sqrt(counts), cmap="Blues", aspect="auto")
    for (truth, guess), count in np.ndenumerate(counts):
        if count:
            color = "white" if np.sqrt(count / counts.max()) > 0.6 else "black"  # of the cell
            text = str(count)
            axes.text(guess, truth, text, ha="center", va="center", fontsize=9, color=color)
    axes.set(title=title or say("confusion of the test images"))
    axes.set(xlabel=say("taken for"), ylabel=say("is"))
    long = max(map(len, names)) > 2
    axes.set_xticks(range(len(names)), names, rotation=90 if long else 0)
    axes.set_yticks(range(len(names)), names)
    axes.grid(visible=False)


def mistakes(
    axes: Axes,
    images: ArrayLike,
    labels: ArrayLike,
    p: ArrayLike,
    *,
    columns: int = 4,
    rows: int = 3,
) -> None:
    """Draw the wrong answers that a classifier is surest of, with the truth and the guess.

    Args:
        axes: where.
        images: (n, height, width, channels).
        labels: (n,).
        p: probabilities (n, classes).
        columns, rows: of the grid; there are at most as many as it has room for.
    """
    import numpy as np

    p, labels = np.asarray(p), np.asarray(labels)
    guesses, sureness = p.argmax(1), p.max(1)
    order = np.argsort(-sureness, kind="stable")
    worst = [i for i in order if guesses[i] != labels[i]][: columns * rows]
    names = [f"{labels[i]}→{guesses[i]}, {sureness[i]:.0%}" for i in worst]
    chosen = np.asarray(images)[worst].mean(axis=-1)  # colours as grey
    title = say("surest mistakes (truth → guess)")
    pictures(axes, title, chosen, columns=columns, labels=names)


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
    axes.set_anchor("NW")
    if not len(images):
        return
    low, high = (bound(images, axis=(1, 2), keepdims=True) for bound in (np.min, np.max))
    scaled = (images - low) / np.maximum(high - low, 1e-12)
    gap = 1 if not labels else max(1, images.shape[1] // 4)  # room for a line of text
    cells = np.pad(scaled, ((0, 0), (gap, 0), (1, 0)), constant_values=np.nan)
    rows = -(-len(cells) // columns)
    blank = np.full((rows * columns - len(cells), *cells.shape[1:]), np.nan)
    grid = np.concatenate([cells, blank]).reshape(rows, columns, *cells.shape[1:])
    height, width = cells.shape[1:]
    sheet = grid.transpose(0, 2, 1, 3).reshape(rows * height, columns * width)
    sheet = sheet[:, 1:]  # without the gap before the first
    axes.imshow(sheet, cmap=cmap, vmin=0, vmax=1)
    for i, label in enumerate(labels):
        x, y = (i % columns + 0.5) * width - 1, i // columns * height + gap - 1
        axes.text(x, y, label, ha="center", va="bottom", fontsize=9)


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
    axes.set_xticks(range(len(across)), across)
    axes.set_yticks(range(len(down)), down)
    axes.set(title=title)
    axes.grid(visible=False)
    if max(len(down), len(across)) > 25:  # no ticks between letters that stand close
        axes.tick_params(length=0)


def looks(axes: Axes, title: str, shares: ArrayLike, text: str) -> None:
    """Draw how much each letter of a text (row) takes of each (column), words apart by lines.

    Args:
        axes: where.
        title: above it.
        shares: (letters, letters), from 0 to 1.
        text: the letters.
    """
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    begins = [i for i in range(len(text)) if text[i].strip() and not text[:i][-1:].strip()]
    words = [text[i:].split()[0] for i in begins]
    middles = [i + (len(word) - 1) / 2 for i, word in zip(begins, words, strict=True)]
    for begin in begins[1:]:
        axes.axvline(begin - 0.5, color="0.75", linewidth=0.6)
        axes.axhline(begin - 0.5, color="0.75", linewidth=0.6)
    axes.set_xticks(middles, words)
    axes.set_yticks(middles, words, rotation=-90, va="center")
    axes.tick_params(length=0)
    axes.set(title=title)
    axes.grid(visible=False)
