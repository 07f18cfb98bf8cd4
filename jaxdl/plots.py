"""What the course's figures have in common, on Matplotlib's object interface (no window, no state).

A figure is drawn and saved inside `style`, which chooses the language of its words:

    with plots.style("zh"):
        figure = program.figures(params, history, data)
        figure.savefig("figure.zh.png")

Every figure is WIDTH inches wide. At 800 pixels, the width of a page, 9 points, the smallest text,
are 12.5 pixels high.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, partial
from io import BytesIO
from typing import TYPE_CHECKING, Any

from jaxdl._files import replacing
from jaxdl._optional import need
from jaxdl.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import ArrayLike

WIDTH = 8.0  # inches

COLORS = (
    *("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#000000", "#E69F00", "#56B4E9"),  # Okabe-Ito
    "#882255",  # wine, for an eighth: the yellow of Okabe and Ito is too light on white
)
"""Of the lines in a panel, in this order. The colour-blind can tell any two apart."""

LOSS, ACCURACY = COLORS[:2]
"""Of the training loss and of the test accuracy, in every lesson."""

SETTINGS = {
    "font.size": 9,
    "axes.titlesize": 10,
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.alpha": 0.25,
    "legend.frameon": False,
    "lines.linewidth": 1.6,
    "figure.dpi": 150,
    "savefig.dpi": 150,
}

CHINESE_FONTS = ("WenQuanYi Micro Hei", "Noto Sans CJK SC")
"""One of them draws the Chinese letters, the first that is installed."""

WORDS = {
    "confusion of the test images": "测试图像的混淆矩阵",
    "epoch": "轮",
    "examples": "样本",
    "exact match": "完全正确的比例",
    "is": "实际",
    "loss": "损失",
    "loss and exact match": "损失与完全正确的比例",
    "loss and test accuracy": "损失与测试准确率",
    "loss of every step": "每一步的损失",
    "read": "读到的字符",
    "step": "步",
    "surest mistakes (truth → guess)": "置信度最高的错误（实际 → 预测）",
    "taken for": "被认成",
    "test accuracy": "测试准确率",
}
"""What more than one figure says, in Chinese."""

_language: ContextVar[str] = ContextVar("language", default="en")


def say(english: str, chinese: str = "") -> str:
    """The one of the two that the figure is drawn in; a phrase of WORDS needs no Chinese beside it.

    Raises:
        KeyError: a Chinese figure, and nobody has said it in Chinese.
    """
    if _language.get() == "en":
        return english
    return chinese or WORDS[english]


@contextmanager
def style(language: str = "en") -> Iterator[None]:
    """Draw and save figures in the course's style; Matplotlib's settings are afterwards as before.

    Args:
        language: of what `say` says, "en" or "zh".

    Raises:
        InputError: no Matplotlib; for "zh" also: no Chinese font.
    """
    need("matplotlib", "a figure")
    from cycler import cycler
    from matplotlib import rc_context

    family = ["DejaVu Sans", *([_chinese_font()] if language == "zh" else [])]
    before = _language.set(language)
    try:
        settings: Any = {"font.family": family, "axes.prop_cycle": cycler(color=COLORS)}
        with rc_context(SETTINGS | settings):
            yield
    finally:
        _language.reset(before)


def _chinese_font() -> str:
    from matplotlib.font_manager import get_font_names

    for name in CHINESE_FONTS:
        if name in get_font_names():
            return name
    raise InputError(
        "a figure in Chinese needs a font: install the package fonts-wqy-microhei or fonts-noto-cjk"
    )


def save(draw: Callable[[], Figure], file: Path) -> None:
    """Draw a page's figure for the English page and, as name.zh.png, for the Chinese one.

    Args:
        draw: draws it in the language of `style`.
        file: the name.png of the English one.
    """
    need("matplotlib", "a figure")
    from PIL import Image

    for language, suffix in (("en", ".png"), ("zh", ".zh.png")):
        with style(language), BytesIO() as drawn, replacing(file.with_suffix(suffix)) as part:
            draw().savefig(drawn, format="png")
            picture = Image.open(drawn).convert("RGB")
            # 256 colours are a third of the bytes; k-means keeps the frequent ones as they are
            picture.quantize(kmeans=4).save(part, "PNG", optimize=True)


def row(panels: int, *, rows: int = 1, height: float = 3.0) -> tuple[Figure, list[Axes]]:
    """An empty figure with its panels side by side, in one row or more; inches for each row."""
    columns = -(-panels // rows)
    letters = "abcdefghijklmnopqrstuvwxyz"[:panels].ljust(columns * rows, ".")
    lines = [letters[i * columns :][:columns] for i in range(rows)]
    return mosaic(";".join(lines), height=height * rows)


def mosaic(
    layout: str, *, height: float, heights: Sequence[float] | None = None
) -> tuple[Figure, list[Axes]]:
    """An empty figure, and its panels in the order of their letters.

    Args:
        layout: a letter for each panel, rows with a semicolon between them: in "aa;bc" a wide panel
            is above two smaller ones.
        height: of the figure, in inches.
        heights: of the rows, one to another.
    """
    need("matplotlib", "a figure")
    from matplotlib.figure import Figure

    with style(_language.get()):
        figure = Figure(figsize=(WIDTH, height), layout="constrained")
        axes = figure.subplot_mosaic(layout, height_ratios=heights)
    return figure, [axes[letter] for letter in sorted(axes)]


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

    figure, (above, left, right) = mosaic("aa;bc", height=5.7, heights=(2, 3))
    learning(above, title, history)
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
                value, (1, 0.5), xycoords=drawn[key], color=darker(LOSS), fontsize=9, **beside
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
