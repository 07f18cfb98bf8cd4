"""What each framework keeps for the way back: tables and a figure of what is counted."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from jaxdl import plots
from jaxdl.plots import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D

WAYS = ("PyTorch", "jaxdl", "compiled", "XLA's own")
COLOURS: dict[str, str] = dict(zip(WAYS, plots.COLORS, strict=False))


def size(count: float) -> str:
    """Bytes as one reads them: 96 B, 5.4 kB, 3.37 MB."""
    for unit, step in (("MB", 1e6), ("kB", 1e3)):
        if count >= step:
            return f"{count / step:.3g} {unit}"
    return f"{count:.0f} B"


def kept(told: dict[str, Any]) -> int:
    """JAX's residuals as PyTorch's are counted: those of the batch with them."""
    return told["bytes"] + told["input_bytes"]


def table(document: dict[str, Any], chinese: bool = False) -> list[str]:
    """Every net: what is kept, and what is allocated at the most; l10's by its batch below."""
    heads = ["", "examples", "PyTorch keeps", "its peak", "JAX keeps", "compiled"]
    heads += ["JAX keeps, XLA's own", "compiled"]
    if chinese:
        heads = ["", "样本数", "PyTorch 保存", "峰值", "JAX 保存", "编译后"]
        heads += ["JAX 保存（XLA 自带算法）", "编译后"]
    rows = [f"| {' | '.join(heads)} |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    for net in document["nets"] + document["batch"]:
        cells = [net["net"], f"{net['examples']:,}"]
        cells += [size(net["torch"]["bytes"]), size(net["torch"]["peak"])]
        for told in (net["jax"], net.get("jax_own")):
            cells += [size(kept(told)), size(told["memory"]["temporary"])] if told else ["", ""]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def depths(document: dict[str, Any], chinese: bool = False) -> list[str]:
    """The stack of layers by its depth, each number without a checkpoint → with checkpoints."""
    heads = ["layers", "PyTorch keeps", "its peak", "JAX keeps", "compiled"]
    heads += ["JAX keeps, in a scan", "compiled"]
    if chinese:
        heads = ["层数", "PyTorch 保存", "峰值", "JAX 保存", "编译后"]
        heads += ["JAX 保存（scan）", "编译后"]
    rows = [f"| {' | '.join(heads)} |", "|---:" * len(heads) + "|"]
    plain, again = ([n for n in document["depth"] if n["checkpoint"] is b] for b in (False, True))
    for pair in zip(plain, again, strict=True):
        told = [
            [n["torch"]["bytes"] for n in pair],
            [n["torch"]["peak"] for n in pair],
            [kept(n["jax"]) for n in pair],
            [n["jax"]["memory"]["temporary"] for n in pair],
            [kept(n["jax_scan"]) for n in pair],
            [n["jax_scan"]["memory"]["temporary"] for n in pair],
        ]
        cells = [" → ".join(size(count) for count in counts) for counts in told]
        rows.append(f"| {pair[0]['depth']} | {' | '.join(cells)} |")
    return rows


def policies(document: dict[str, Any], chinese: bool = False) -> list[str]:
    """Every net, each number plain → dots are kept → nothing is: of PyTorch plain → checkpoint."""
    heads = ["", "PyTorch keeps", "its peak", "JAX keeps", "compiled"]
    if chinese:
        heads = ["", "PyTorch 保存", "峰值", "JAX 保存", "编译后"]
    rows = [f"| {' | '.join(heads)} |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    for net in document["nets"]:
        theirs = [net["torch"], net["torch_checkpoint"]]
        ours = [net["jax"], net["jax_dots"], net["jax_nothing"]]
        told = [
            [way["bytes"] for way in theirs],
            [way["peak"] for way in theirs],
            [kept(way) for way in ours],
            [way["memory"]["temporary"] for way in ours],
        ]
        cells = [" → ".join(size(count) for count in counts) for counts in told]
        rows.append(f"| {net['net']} | {' | '.join(cells)} |")
    return rows


def lengths(document: dict[str, Any], chinese: bool = False) -> list[str]:
    """The recurrent nets by the length of what they read."""
    heads = ["", "letters", "PyTorch keeps", "its peak", "JAX keeps", "compiled"]
    heads += ["JAX keeps, XLA's own", "compiled"]
    if chinese:
        heads = ["", "字母数", "PyTorch 保存", "峰值", "JAX 保存", "编译后"]
        heads += ["JAX 保存（XLA 自带算法）", "编译后"]
    rows = [f"| {' | '.join(heads)} |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    for net in document["length"]:
        cells = [net["net"], str(net["length"])]
        cells += [size(net["torch"]["bytes"]), size(net["torch"]["peak"])]
        for told in (net["jax"], net["jax_own"]):
            cells += [size(kept(told)), size(told["memory"]["temporary"])]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def figure(document: dict[str, Any]) -> Figure:
    """Kept bytes: of the larger nets; by the batch, by the length of names, by the depth."""
    panels, axes = plots.row(4, rows=2, height=3.3)
    _nets(axes[0], [n for n in document["nets"] if n["torch"]["bytes"] > 1e4])
    batch, depth = document["batch"], document["depth"]
    names = [n for n in document["length"] if n["net"] == "l13"]
    compiled = say("JAX, compiled", "JAX，编译后")
    own = _own()
    lines = {
        "jaxdl": ([kept(n["jax"]) for n in batch], "jaxdl", "-"),
        "PyTorch": ([n["torch"]["bytes"] for n in batch], "PyTorch", "-"),
        own: ([kept(n["jax_own"]) for n in batch], "XLA's own", "-"),
    }
    _lines(axes[1], [n["examples"] for n in batch], lines)
    axes[1].set(title=say("MB kept by l10, by its batch", "l10 保存的 MB，按批量"))
    axes[1].set(xlabel=say("examples in a batch", "一批的样本数"))
    lines = {
        "jaxdl": ([kept(n["jax"]) for n in names], "jaxdl", "-"),
        "PyTorch": ([n["torch"]["bytes"] for n in names], "PyTorch", "-"),
        own: ([kept(n["jax_own"]) for n in names], "XLA's own", "-"),
    }
    _lines(axes[2], [n["length"] for n in names], lines)
    axes[2].set(
        title=say("MB kept by l13, by the length of its names", "l13 保存的 MB，按姓名的长度")
    )
    axes[2].set(xlabel=say("letters in a name", "姓名的字母数"))
    plain, again = ([n for n in depth if n["checkpoint"] is b] for b in (False, True))
    lines = {
        "JAX": ([kept(n["jax"]) for n in plain], "jaxdl", "-"),
        compiled: ([n["jax"]["memory"]["temporary"] for n in plain], "compiled", "-"),
        "PyTorch": ([n["torch"]["bytes"] for n in plain], "PyTorch", "-"),
        f"{compiled} ": ([n["jax"]["memory"]["temporary"] for n in again], "compiled", "--"),
        "JAX ": ([kept(n["jax"]) for n in again], "jaxdl", "--"),
        "PyTorch ": ([n["torch"]["bytes"] for n in again], "PyTorch", "--"),
    }
    _lines(axes[3], [n["depth"] for n in plain], lines)
    title = "MB kept by a stack (dashed: with checkpoints)", "一叠层保存的 MB（虚线：用检查点）"
    axes[3].set(title=say(*title), xlabel=say("layers", "层数"))
    return panels


def _nets(axes: Axes, nets: list[dict[str, Any]]) -> None:
    """A row a net, a mark for each way, named in the row where they are furthest apart."""
    rows = []
    for place, net in enumerate(nets):
        marks = [(net["torch"]["bytes"], "PyTorch", "o"), (kept(net["jax"]), "jaxdl", "s")]
        marks += [(kept(net["jax_own"]), "XLA's own", "^")] if "jax_own" in net else []
        marks = sorted((count / 1e6, name, mark) for count, name, mark in marks)
        for count, name, mark in marks:
            axes.plot(count, place, mark, color=COLOURS[name], alpha=0.85, zorder=3)
        apart = min(b[0] / a[0] for a, b in pairwise(marks))
        rows.append((len(marks), apart, place, marks))
    *_, place, marks = max(rows)
    for (count, name, _), side in zip(marks, ("right", "center", "left"), strict=True):
        factor, below = {"right": (1 / 1.35, 0), "center": (1, 0.62), "left": (1.35, 0)}[side]
        at, words = (count * factor, place + below), _own() if name == "XLA's own" else name
        axes.text(*at, words, color=plots.darker(COLOURS[name]), ha=side, va="center")
    axes.set_yticks(range(len(nets)), [net["net"] for net in nets])
    axes.set(title=say("MB kept by each net", "各网络保存的 MB"), xscale="log", xlim=(None, 900))
    axes.invert_yaxis()


def _own() -> str:
    return say("XLA's own", "XLA 自带")


def _lines(axes: Axes, x: list[int], lines: dict[str, tuple[list[int], str, str]]) -> None:
    """Lines with their names at their ends; those that end in one point have one name together."""
    axes.set_xscale("log")
    ends: dict[int, list[Line2D]] = {}
    for name, (counts, colour, dashes) in lines.items():
        megabytes, style = [count / 1e6 for count in counts], {"marker": "o", "markersize": 4}
        (line,) = axes.plot(x, megabytes, dashes, color=COLOURS[colour], label=name, **style)
        ends.setdefault(counts[-1], []).append(line)
    for *others, last in ends.values():
        names = [str(line.get_label()).strip() for line in (*others, last)]
        last.set_label(" = ".join(names))
        for line in others:
            line.set_label("_")
    plots.logarithmic(axes)
    axes.set_xticks(x, [str(each) for each in x])
    axes.xaxis.minorticks_off()
    plots.name_lines(axes)
