"""Derivatives in three ways: tables and a figure of what `benchmarks.derivatives` found."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from jaxdl import plots
from jaxdl.plots import say
from tools import saved

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Record = dict[str, Any]
COLOURS = {"imperative": plots.COLORS[0], "torch.func": plots.COLORS[3], "jax": plots.COLORS[1]}
NAMES = {
    "per-example": ("gradients of each example", "逐样本梯度"),
    "jacobian-reverse": ("Jacobian, row by row", "雅可比矩阵，逐行"),
    "jacobian-forward": ("Jacobian, column by column", "雅可比矩阵，逐列"),
    "hvp": ("Hessian times a direction", "黑塞矩阵乘方向"),
    "hvp-inner": ("the same, last parameters", "同上，只对最后的参数"),
    "hessian": ("Hessian, last parameters", "黑塞矩阵，最后的参数"),
    "penalty": ("gradient of the gradient's norm", "梯度范数的梯度"),
    "directional": ("directional derivative", "方向导数"),
    "custom": ("custom derivative", "自定义导数"),
    "fixed-point": ("fixed point", "不动点"),
    "truncated": ("truncated time", "截断的时间"),
}
AXES = {"examples": "样本", "parameters": "参数", "unknowns": "未知数", "steps": "步"}


def rows(document: dict[str, Any], *parts: str) -> list[dict[str, Record]]:
    """The records of some parts of the document, way -> record for each derivative and size."""
    found: dict[tuple[Any, ...], dict[str, Record]] = {}
    for part in parts:
        for record in document[part]["records"]:
            key = (record["derivative"], record["net"], record["size"])
            found.setdefault(key, {})[record["way"]] = record
    return list(found.values())


def usual(document: dict[str, Any]) -> list[dict[str, Record]]:
    """What the tables show: every derivative of every net, and the small programs at one size."""
    found = rows(document, "nets", "names")
    found += [way for way in rows(document, "programs") if way["jax"]["size"] in (64, 512)]
    order = list(NAMES)
    return sorted(found, key=lambda ways: order.index(ways["jax"]["derivative"]))


def seconds(value: float) -> str:
    """As one reads them: 1.2 s, 34 ms, 0.056 ms."""
    return f"{value:.3g} s" if value >= 1 else f"{value * 1e3:.3g} ms"


def times(document: dict[str, Any], chinese: bool = False) -> list[str]:
    """A call's median in each way, the least in bold; what compiling takes, when it is repaid."""
    heads = ["", "of", "imperative", "torch.func", "JAX", "compiles in", "repaid after"]
    if chinese:
        heads = ["", "对象", "命令式", "torch.func", "JAX", "编译", "几次之后回本"]
    cells = lambda ways: [  # noqa: E731
        *_least(ways, _median, seconds, chinese),
        seconds(ways["jax"]["compile_s"] + ways["jax"]["trace_s"]),
        repaid(ways, chinese),
    ]
    return list(_table(document, heads, cells, chinese))


def memory(document: dict[str, Any], chinese: bool = False) -> list[str]:
    """The most bytes that a call takes, its result with them, the least in bold."""
    heads = ["", "of", "imperative", "torch.func", "JAX"]
    if chinese:
        heads = ["", "对象", "命令式", "torch.func", "JAX"]
    cells = lambda ways: _least(ways, _bytes, saved.size, chinese)  # noqa: E731
    return list(_table(document, heads, cells, chinese))


def wins(document: dict[str, Any], chinese: bool = False) -> list[str]:
    """How often each way is the fastest, and how often the one that takes the least memory."""
    found = usual(document)
    heads = ["", "fastest", "fastest in its first call", "least memory", "impossible"]
    if chinese:
        heads = ["", "最快", "第一次调用最快", "内存最少", "做不到"]
    lines = [f"| {' | '.join(heads)} |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    for way in COLOURS:
        counts = [
            sum(way in _best(ways, number) for ways in found)
            for number in (_median, lambda record: record["first_s"], _bytes)
        ]
        counts.append(sum("impossible" in ways[way] for ways in found))
        name = {"imperative": "命令式"}.get(way, way) if chinese else way
        lines.append(f"| {name} | {' | '.join(map(str, counts))} |".replace("| jax |", "| JAX |"))
    return lines


def impossible(document: dict[str, Any], chinese: bool = False) -> list[str]:
    """What the framework said where a derivative could not be taken."""
    heads = ["", "of", "derivatives", "its words"]
    if chinese:
        heads = ["", "对象", "导数", "它的原话"]
    lines = [f"| {' | '.join(heads)} |", "|---|---|---|---|"]
    said: dict[tuple[str, str, str], list[str]] = {}
    for ways in usual(document):
        for way, record in ways.items():
            if "impossible" in record:
                name = NAMES[record["derivative"]][chinese]
                said.setdefault((way, record["net"], record["impossible"]), []).append(name)
    for (way, net, words), names in said.items():
        way = {"imperative": "命令式"}.get(way, way) if chinese else way
        joined = ("；" if chinese else "; ").join(names)
        lines.append(f"| {way} | {net} | {joined} | `{words}` |")
    return lines


def repaid(ways: dict[str, Record], chinese: bool = False) -> str:
    """After how many calls JAX, its compiling counted, has taken less time than the best other."""
    ours = ways["jax"]
    others = [record for way, record in ways.items() if way != "jax" and "call_s" in record]
    if not others:
        return ""
    best = min(others, key=_median)
    gained = _median(best) - _median(ours)
    if gained <= 0:
        return "从不" if chinese else "never"
    calls = 1 + max(0.0, ours["first_s"] - best["first_s"]) / gained
    return f"{calls:,.0f}"


def figure(document: dict[str, Any]) -> Figure:
    """A call's time by what it depends on most, six of the derivatives."""
    panels, axes = plots.row(6, rows=3, height=2.6)
    found = rows(document, "sweep", "programs")
    names = ("per-example", "jacobian-reverse", "jacobian-forward", "hessian")
    for axis, name in zip(axes, (*names, "fixed-point", "truncated"), strict=True):
        lines = [ways for ways in found if ways["jax"]["derivative"] == name]
        _lines(axis, lines, "-")
        first = lines[0]["jax"]
        title = f"{say(*NAMES[name])}{first['net'] and ', ' + first['net']}"
        axis.set(title=title, xlabel=say(first["axis"], AXES[first["axis"]]), ylabel="ms")
        plots.name_lines(axis)
    _lines(axes[3], [ways for ways in found if ways["jax"]["derivative"] == "hvp-inner"], "--")
    title = say("Hessian, l10 (dashed: times a direction)", "黑塞矩阵，l10（虚线：乘方向）")
    axes[3].set(title=title)
    return panels


def _lines(axes: Axes, found: list[dict[str, Record]], dashes: str) -> None:
    sizes = [ways["jax"]["size"] for ways in found]
    axes.set_xscale("log")
    names = {"jax": "JAX", "imperative": say("imperative", "命令式")} if dashes == "-" else {}
    for way, colour in COLOURS.items():
        spreads = [ways[way]["call_s"] for ways in found]
        middle = [spread["median"] * 1e3 for spread in spreads]
        label = names.get(way, way) if names else "_"
        axes.plot(sizes, middle, dashes, marker="o", ms=4, color=colour, label=label)
        low, high = ([spread[q] * 1e3 for spread in spreads] for q in ("q1", "q3"))
        axes.fill_between(sizes, low, high, color=colour, alpha=0.15, lw=0)
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.xaxis.minorticks_off()
    plots.logarithmic(axes)


def _table(
    document: dict[str, Any],
    heads: list[str],
    cells: Callable[[dict[str, Record]], list[str]],
    chinese: bool,
) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|---|---" + "|---:" * (len(heads) - 2) + "|"
    before = ""
    for ways in usual(document):
        record = ways["jax"]
        name = record["derivative"]
        of = record["net"] or f"{record['size']} {record['axis']}"
        if chinese and not record["net"]:
            of = f"{record['size']} {AXES[record['axis']]}"
        yield f"| {' | '.join([NAMES[name][chinese] * (name != before), of, *cells(ways)])} |"
        before = name


def _least(
    ways: dict[str, Record],
    number: Callable[[Record], float],
    shown: Callable[[float], str],
    chinese: bool,
) -> list[str]:
    nothing = "做不到" if chinese else "impossible"
    cells = {
        way: nothing if "impossible" in ways[way] else shown(number(ways[way])) for way in COLOURS
    }
    best = _best(ways, number)
    return [f"**{cell}**" if way in best else cell for way, cell in cells.items()]


def _best(ways: dict[str, Record], number: Callable[[Record], float]) -> list[str]:
    numbers = {way: number(r) for way, r in ways.items() if "impossible" not in r}
    return [way for way, value in numbers.items() if value == min(numbers.values())]


def _median(record: Record) -> float:
    return record["call_s"]["median"]


def _bytes(record: Record) -> float:
    return record["memory_bytes"]
