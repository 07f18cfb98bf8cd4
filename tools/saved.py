"""What each framework keeps for the way back: tables and a figure of what is counted."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from jaxdl.plots import row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = {"PyTorch": "#0072B2", "jaxdl": "#D55E00", "XLA's own": "#CC79A7", "compiled": "#009E73"}


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
    panels, axes = row(4, rows=2, width=6.4, height=4.6)
    _nets(axes[0], [n for n in document["nets"] if n["torch"]["bytes"] > 1e4])
    batch, depth = document["batch"], document["depth"]
    names = [n for n in document["length"] if n["net"] == "l13"]
    lines = {
        "jaxdl": ([kept(n["jax"]) for n in batch], "jaxdl", "-"),
        "PyTorch": ([n["torch"]["bytes"] for n in batch], "PyTorch", "-"),
        "XLA's own": ([kept(n["jax_own"]) for n in batch], "XLA's own", "-"),
    }
    _lines(axes[1], [n["examples"] for n in batch], lines)
    axes[1].set(title="l10 by its batch: kept, MB", xlabel="examples in a batch")
    lines = {
        "jaxdl": ([kept(n["jax"]) for n in names], "jaxdl", "-"),
        "PyTorch": ([n["torch"]["bytes"] for n in names], "PyTorch", "-"),
        "XLA's own": ([kept(n["jax_own"]) for n in names], "XLA's own", "-"),
    }
    _lines(axes[2], [n["length"] for n in names], lines)
    axes[2].set(title="l13 by the length of its names: kept, MB", xlabel="letters in a name")
    plain, again = ([n for n in depth if n["checkpoint"] is b] for b in (False, True))
    lines = {
        "JAX": ([kept(n["jax"]) for n in plain], "jaxdl", "-"),
        "JAX, compiled": ([n["jax"]["memory"]["temporary"] for n in plain], "compiled", "-"),
        "PyTorch": ([n["torch"]["bytes"] for n in plain], "PyTorch", "-"),
        "JAX, compiled, checkpoints": (
            [n["jax"]["memory"]["temporary"] for n in again],
            "compiled",
            "--",
        ),
        "JAX, checkpoints": ([kept(n["jax"]) for n in again], "jaxdl", "--"),
        "PyTorch, checkpoints": ([n["torch"]["bytes"] for n in again], "PyTorch", "--"),
    }
    _lines(axes[3], [n["depth"] for n in plain], lines)
    axes[3].set(title="a stack by its depth: kept, MB", xlabel="layers")
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
        factor, below = {"right": (1 / 1.2, 0), "center": (1, 0.45), "left": (1.2, 0)}[side]
        at = (count * factor, place + below)
        axes.text(*at, name, color=COLOURS[name], ha=side, va="center", fontsize=9)
    axes.set_yticks(range(len(nets)), [net["net"] for net in nets])
    axes.set(title="kept by each net, MB", xscale="log", xlim=(None, 500))
    axes.invert_yaxis()


def _lines(axes: Axes, x: list[int], lines: dict[str, tuple[list[int], str, str]]) -> None:
    """Lines with their names at their ends; those that end in one point have one name together."""
    axes.set(xscale="log", yscale="log")
    ends: dict[float, list[str]] = {}
    for name, (counts, colour, dashes) in lines.items():
        megabytes = [count / 1e6 for count in counts]
        axes.plot(x, megabytes, dashes, marker="o", ms=4, color=COLOURS[colour], lw=1.6)
        ends.setdefault(megabytes[-1], []).append(name)
    for end, names in ends.items():
        colour = COLOURS[lines[names[-1]][1]]
        near = [other / end for other in ends if other != end and 0.7 < other / end < 1.4]
        side = ("top" if near[0] > 1 else "bottom") if near else "center"
        at = (x[-1] * 1.12, end)
        axes.text(*at, "\nand ".join(names), color=colour, va=side, fontsize=9)
    axes.set_xticks(x, [str(each) for each in x])
    axes.minorticks_off()
    axes.set_xlim(x[0] / 1.15, x[-1] * (x[-1] / x[0]) ** 0.6)
