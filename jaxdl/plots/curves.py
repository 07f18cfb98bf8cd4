"""Numbers over steps: losses, accuracies, with names at the lines' ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from jaxdl.plots.canvas import ACCURACY, LOSS, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from numpy.typing import ArrayLike


def curve(
    axes: Axes,
    title: str,
    lines: Mapping[str, ArrayLike],
    *,
    x: str = "",
    y: str = "",
    log: bool = False,
) -> None:
    """Draw one line a name over the index of its values; NaN leaves a gap.

    Several lines have their names at their ends.

    Args:
        axes: where.
        title: above it.
        lines: name -> values, of steps or epochs.
        x, y: what the axes show; the step and the loss where nothing is said.
        log: a logarithmic axis of the values.
    """
    import numpy as np

    for name, values in lines.items():
        axes.plot(np.asarray(values, np.float64), label=name, linewidth=1.4)
    axes.set(title=title, xlabel=x or say("step"), ylabel=y or say("loss"))
    if log:
        logarithmic(axes)
    if len(lines) > 1:
        name_lines(axes)


def logarithmic(axes: Axes) -> None:
    """Make the vertical axis logarithmic, with plain numbers where it spans few powers of ten."""
    import numpy as np
    from matplotlib.ticker import LogLocator, NullFormatter

    axes.set_yscale("log", nonpositive="clip")
    low, high = axes.get_ylim()
    decades = np.log10(high / low)
    if decades < 5:
        parts = (
            (1, 1.5, 2, 2.5, 3, 4, 5, 7) if decades < 1 else (1, 2, 5) if decades < 2.2 else (1,)
        )
        axes.yaxis.set_major_locator(LogLocator(subs=parts))
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
        axes.yaxis.set_minor_formatter(NullFormatter())


def darker(color: Any) -> tuple[float, float, float]:
    """A line's colour as that of a text, which is thinner."""
    from matplotlib.colors import to_rgb

    red, green, blue = (0.75 * part for part in to_rgb(color))
    return red, green, blue


def name_lines(axes: Axes) -> None:
    """Write the label of every line beside its right end, in its colour, none over another."""
    import numpy as np

    labels = {line: str(line.get_label()) for line in axes.get_lines()}
    ends = {}
    for line in (line for line, label in labels.items() if not label.startswith("_")):
        x, y = (np.asarray(values, np.float64) for values in line.get_data())
        shown = np.isfinite(y) & ((y > 0) | (axes.get_yscale() != "log"))
        if shown.any():
            ends[line] = x[shown][-1], y[shown][-1]
    if not ends:
        return
    axes.set_xlim(right=max(x for x, _ in ends.values()))  # no axis runs through the names
    axes.get_ylim()  # Matplotlib looks for the limits only when they are asked for
    points = 72 * axes.bbox.height / axes.figure.dpi  # about how high the panel will be
    to_points = axes.transScale + axes.transLimits
    heights = points * to_points.transform(list(ends.values()))[:, 1]
    for (line, end), at, wanted in zip(ends.items(), heights, apart(heights, 11.5), strict=True):
        color, moved = darker(line.get_color()), abs(wanted - at) > 3
        leader = {"arrowstyle": "-", "color": color, "lw": 0.6, "shrinkA": 0, "shrinkB": 2}
        axes.annotate(
            labels[line], end, (16 if moved else 5, wanted - at), textcoords="offset points",
            va="center", color=color, annotation_clip=False,
            arrowprops={**leader, "relpos": (0, 0.5)} if moved else None,
        )  # fmt: skip


def apart(places: Sequence[float] | ArrayLike, gap: float) -> list[float]:
    """The numbers moved as little as may be (least squares) so that any two are `gap` apart."""
    import numpy as np

    places = np.asarray(places, np.float64)
    order = np.argsort(places, kind="stable")
    groups: list[list[float]] = []  # of neighbours that stand just a gap apart
    for rank, place in enumerate(places[order]):
        groups.append([place - rank * gap])
        while len(groups) > 1 and np.mean(groups[-2]) > np.mean(groups[-1]):
            groups[-2:] = [groups[-2] + groups[-1]]
    moved = np.concatenate([np.full(len(group), np.mean(group)) for group in groups])
    found = np.empty_like(places)
    found[order] = moved + gap * np.arange(len(places))
    return found.tolist()


def smooth(values: ArrayLike, window: int) -> Any:
    """The mean of the `window` values around each one, of fewer at either end."""
    import numpy as np

    values, ones = np.asarray(values, np.float64), np.ones(window)
    count = np.convolve(np.ones(len(values)), ones, "same")
    return np.convolve(values, ones, "same") / count


def learning(axes: Axes, title: str, history: Mapping[str, Any], score: str = "") -> None:
    """Draw the loss of every step and, on an axis of its own, the test accuracy of every epoch.

    A light line is the steps' own loss, the dark one the mean of some around each.

    Args:
        axes: where.
        title: above it.
        history: "loss", a row an epoch; "test_accuracy", where there is one.
        score: what the accuracy is called here.
    """
    import numpy as np

    losses = np.concatenate([np.ravel(row) for row in history["loss"]])
    window = len(losses) // 30
    name = say("loss")
    if window > 2:
        axes.plot(losses, color=LOSS, linewidth=0.6, alpha=0.45)
        axes.plot(smooth(losses, window), color=LOSS)
        name += say(f" (dark: mean of {window})", f"（深色：{window} 步的平均）")
    else:
        axes.plot(losses, color=LOSS)
    axes.set(title=title, xlabel=say("step"))
    logarithmic(axes)
    _colored(axes, name, LOSS)
    accuracies = history.get("test_accuracy", [])
    if accuracies:
        steps = np.cumsum([len(row) for row in history["loss"]])[: len(accuracies)]
        right = axes.twinx()
        right.plot(steps, accuracies, ".-", color=ACCURACY, markersize=7)
        low = min(0.9, *accuracies)
        right.set_ylim(low - 0.05 * (1 - low), 1 + 0.05 * (1 - low))
        right.grid(visible=False)
        right.spines["right"].set(visible=True)
        _colored(right, score or say("test accuracy"), ACCURACY)


def _colored(axes: Axes, name: str, color: str) -> None:
    """The vertical axis in the colour of what is drawn along it."""
    axes.set_ylabel(name, color=darker(color))
    axes.tick_params(axis="y", which="both", color=color, labelcolor=darker(color))
