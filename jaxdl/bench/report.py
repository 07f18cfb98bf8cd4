"""What the records say: the best arm of each framework, how they compare, and figures of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxdl import plots
from jaxdl.bench.arms import ARMS, JAX, TORCH
from jaxdl.bench.record import Record

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Bars = Mapping[str, float]
"""Lesson -> how many times faster than PyTorch's best arm ours is to be."""

BLUE, VERMILION, GREEN, PURPLE, BLACK, ORANGE, SKY, WINE = plots.COLORS
COLORS = {
    "torch-eager": BLUE,
    "torch-compile": SKY,
    "torch-graph": "0.5",
    "jax-eager": BLACK,
    "jax-jit": ORANGE,
    "jax-scan": VERMILION,
    "jax-sharded": PURPLE,
    "jax-flax": GREEN,
    "jax-flax-scan": WINE,
}
MARKERS = dict(zip(ARMS, "os^xDDPvv", strict=True))


def break_even(ours: Record, theirs: Record) -> int | None:
    """After how many steps our longer compilation has paid; None: never.

    Both ran from the start: compile_s + steps * step_s.
    """
    gain = theirs["step_s"]["median"] - ours["step_s"]["median"]
    cost = ours["compile_s"] - theirs["compile_s"]
    if gain <= 0:
        return None
    return max(math.ceil(cost / gain), 0)


def grouped(records: Iterable[Record]) -> dict[tuple[Any, ...], dict[str, Record]]:
    """The records of steps by what was measured where, then by arm; of the newest run alone."""
    groups: dict[tuple[Any, ...], dict[str, Record]] = {}
    for record in sorted(records, key=lambda record: record.get("date", "")):
        if "step_s" in record:
            key = (record["lesson"], record["variant"]["title"], *_place(record))
            arms = groups.setdefault(key, {})
            if any(other.get("date") != record.get("date") for other in arms.values()):
                arms.clear()  # arms are compared that took turns in one run
            arms[record["arm"]] = record
    return dict(sorted(groups.items(), key=lambda item: item[0][0]))  # nets stay in their order


def _place(record: Record) -> tuple[Any, ...]:
    cpu = record.get("machine", {}).get("cpu", "")
    return record["device"], record["dtype"], record["threads"], cpu


def titled(groups: Mapping[tuple[Any, ...], Any]) -> list[str]:
    """What a table calls them: the net, and dtype and device where not all have the same."""
    told = []
    for key in groups:
        differ = [key[at] for at in (3, 2) if len({other[at] for other in groups}) > 1]
        told.append(", ".join([key[1], *differ]))
    return told


def best(arms: dict[str, Record], names: Sequence[str]) -> Record | None:
    """The fastest of these arms, of those that compute what they should."""
    found = [arms[name] for name in names if name in arms and arms[name]["agrees"]]
    return min(found, key=lambda record: record["step_s"]["median"], default=None)


def ratio(arms: dict[str, Record]) -> float | None:
    """How many times faster our best arm is than PyTorch's best; None: one is missing."""
    ours, theirs = best(arms, JAX), best(arms, TORCH)
    return theirs["step_s"]["median"] / ours["step_s"]["median"] if ours and theirs else None


def usual(record: Record) -> bool:
    """Whether the values are the lecture's."""
    named = set(record["variant"]["title"].split()[1:]) - {record["variant"]["name"]}
    return all(word.startswith("data=") for word in named)


def bar(record: Record, bars: Bars) -> float | None:
    """What the ratio is to reach; None where the values are not the lecture's, or not on a CPU."""
    return bars.get(record["lesson"]) if usual(record) and record["device"] == "cpu" else None


def _drawn(record: Record, bars: Bars) -> bool:
    """Whether the overview shows it: what has a bar, and all that an accelerator did."""
    return usual(record) and (record["device"] != "cpu" or bar(record, bars) is not None)


def table(records: Sequence[Record], bars: Bars) -> str:
    """A Markdown table: a row a net, the best arm of each framework, their ratio and its bar.

    Memory is the peak of our process, compilation included, over that of PyTorch's. The last column
    is the trap: XLA's own convolutions and loops, many steps in a call.
    """
    rows = [
        "| | PyTorch's best | a step | ours | a step | times faster | asked | compilation paid |"
        " times the memory | XLA's own, scanned |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    groups = grouped(records)
    for title, arms in zip(titled(groups), groups.values(), strict=True):
        ours, theirs, times = best(arms, JAX), best(arms, TORCH), ratio(arms)
        asked = bar(next(iter(arms.values())), bars)
        cells = [title, *_named(theirs), *_named(ours)]
        cells.append("" if times is None else f"{times:.2f}")
        cells.append("" if asked is None else f"{asked:g} {_mark(times, asked)}".strip())
        cells.append(paid(ours, theirs) if ours and theirs else "")
        cells.append(_memory(ours, theirs) if ours and theirs else "")
        cells.append(
            duration(arms["jax-flax-scan"]["step_s"]["median"]) if "jax-flax-scan" in arms else ""
        )
        rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows)


def paid(ours: Record, theirs: Record) -> str:
    """The break-even point in words."""
    steps = break_even(ours, theirs)
    return "never" if steps is None else "at once" if steps == 0 else f"after {steps:,} steps"


def _memory(ours: Record, theirs: Record) -> str:
    return f"{ours['peak_memory_bytes'] / theirs['peak_memory_bytes']:.2f}"


def _named(record: Record | None) -> list[str]:
    return [record["arm"], spread(record["step_s"])] if record else ["", ""]


def _mark(times: float | None, asked: float) -> str:
    return "" if times is None else "reached" if times >= asked else "missed"


def spread(seconds: dict[str, float]) -> str:
    """A median and its quartiles, in a unit that suits them: "2.3 [2.28–2.35] ms"."""
    unit, scale = _unit(seconds["median"])
    low, middle, high = (f"{seconds[key] * scale:.3g}" for key in ("q1", "median", "q3"))
    return f"{middle} [{low}–{high}] {unit}"


def _unit(seconds: float) -> tuple[str, float]:
    if seconds < 1e-3:
        return "µs", 1e6
    return ("ms", 1e3) if seconds < 1 else ("s", 1.0)


def duration(seconds: float) -> str:
    """ "2.3 ms"."""
    unit, scale = _unit(seconds)
    return f"{seconds * scale:.3g} {unit}"


def whole_table(records: Sequence[Record]) -> str:
    """A Markdown table of whole runs: seconds of `train`, the process, its second start."""
    runs: dict[tuple[Any, ...], dict[str, Record]] = {}
    for record in sorted(records, key=lambda record: record.get("date", "")):
        if "train_s" in record:
            key = (record["lesson"], record["variant"]["title"], *_place(record))
            runs.setdefault(key, {})[record["arm"]] = record
    rows = [
        "| | epochs | PyTorch trains | ours | times faster | PyTorch's process | ours |"
        " times faster | ours again | times faster |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for (_, title, *_), found in sorted(runs.items(), key=lambda item: item[0][0]):
        if len(found) == 2:
            theirs, ours = found["imperative"], found["functional"]
            cells = [title, str(ours["epochs"])]
            for name in ("train_s", "process_s"):
                cells += [
                    spread(theirs[name]),
                    spread(ours[name]),
                    _times(theirs[name], ours[name]),
                ]
            again = ours.get("second_process_s")
            cells += [spread(again), _times(theirs["process_s"], again)] if again else ["–", "–"]
            rows.append("| " + " | ".join(cells) + " |")
    return "\n".join(rows) if len(rows) > 2 else ""


def _times(theirs: dict[str, float], ours: dict[str, float]) -> str:
    return f"{theirs['median'] / ours['median']:.2f}"


def _error_bar(record: Record, scale: float) -> list[list[float]]:
    step_s = record["step_s"]
    return [
        [(step_s["median"] - step_s["q1"]) * scale],
        [(step_s["q3"] - step_s["median"]) * scale],
    ]


def overview(records: Sequence[Record], bars: Bars) -> Figure:
    """A row a net: every arm's time per step on a logarithmic axis, with its quartiles."""
    groups = grouped(record for record in records if _drawn(record, bars))
    figure, (axes,) = plots.row(1, height=1.6 + 0.38 * len(groups))
    shown: set[str] = set()
    for height, arms in enumerate(groups.values()):
        for name in ARMS:
            if name not in arms:
                continue
            axes.errorbar(
                arms[name]["step_s"]["median"] * 1e3,
                height,
                xerr=_error_bar(arms[name], 1e3),
                color=COLORS[name],
                marker=MARKERS[name],
                markerfacecolor="white" if "flax" in name else COLORS[name],
                markersize=6,
                linewidth=1.5,
                capsize=2,
                label=None if name in shown else name,
            )
            shown.add(name)
        if times := ratio(arms):
            text = f"{times:,.0f}×" if times >= 100 else f"{times:.3g}×"
            text += "  "  # keeps it off the figure's edge
            axes.annotate(
                text, (1.0, height), xycoords=("axes fraction", "data"), xytext=(6, 0),
                textcoords="offset points", va="center", fontsize=9, annotation_clip=False,
            )  # fmt: skip
    axes.set_yticks(range(len(groups)), titled(groups))
    axes.set(xscale="log", xlabel="milliseconds a step, median and quartiles (less is better)")
    axes.set_ylim(len(groups) - 0.5, -0.5)
    axes.set_title("right: our best arm over PyTorch's best", loc="right", fontsize=9)
    _legend(figure, axes)
    return figure


def _legend(figure: Figure, axes: Axes) -> None:
    """Below the figure, in the order of the arms."""
    found = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    names = [name for name in ARMS if name in found]
    figure.legend(
        [found[name] for name in names], names,
        loc="outside lower center", ncols=min(4, len(names)), frameon=False, fontsize=9,
    )  # fmt: skip


def sweeps(records: Sequence[Record]) -> dict[tuple[str, str], list[Record]]:
    """(lesson and net, field) -> its records, where at least two values of the field are there."""
    found: dict[tuple[Any, ...], list[Record]] = {}
    for arms in grouped(records).values():
        for record in arms.values():
            variant = record["variant"]
            for name, value in variant["config"].items():
                if f"{name}={value}" not in variant["title"].split() or isinstance(value, str):
                    continue
                rest = tuple(sorted((k, v) for k, v in variant["config"].items() if k != name))
                net = f"{record['lesson']} {variant['name']}".removesuffix(" default")
                found.setdefault((net, name, rest, *_place(record)), []).append(record)
    return {
        (net, name): group
        for (net, name, *_), group in found.items()
        if len({record["variant"]["config"][name] for record in group}) > 1
    }


def sweep(net: str, name: str, records: Sequence[Record]) -> Figure:
    """Time per step, and how much faster we are, over the values of a field."""
    figure, (left, right) = plots.row(2, height=3.4)
    times = {}
    for arm in ARMS:
        own = sorted(
            (record["variant"]["config"][name], record) for record in records
            if record["arm"] == arm
        )  # fmt: skip
        if own:
            errors = [_error_bar(record, 1e3) for _, record in own]
            left.errorbar(
                [value for value, _ in own],
                [record["step_s"]["median"] * 1e3 for _, record in own],
                yerr=[[error[side][0] for error in errors] for side in (0, 1)],
                color=COLORS[arm], marker=MARKERS[arm], markersize=5, linewidth=1.3,
                capsize=2, label=arm,
            )  # fmt: skip
    values = sorted({record["variant"]["config"][name] for record in records})
    for value in values:
        at = {r["arm"]: r for r in records if r["variant"]["config"][name] == value}
        if found := ratio(at):
            times[value] = found
    right.plot(list(times), list(times.values()), "o-", color=COLORS["jax-scan"])
    right.axhline(1.0, color="0.4", linewidth=0.8, linestyle="--")
    left.set(title=net, ylabel="ms a step", xscale="log")
    plots.logarithmic(left)
    right.set(title="times faster, best arms", xscale="log", ylim=(0, None))
    for axes in (left, right):
        axes.set_xticks(values, [f"{value:g}" for value in values])
        axes.minorticks_off()
        axes.set(xlabel=name)
    _legend(figure, left)
    return figure


def write(records: Sequence[Record], folder: Path, bars: Bars) -> list[Path]:
    """Write report.md and the figures; the files that there are now."""
    folder.mkdir(parents=True, exist_ok=True)
    figures = {}
    with plots.style():
        if any(_drawn(record, bars) for record in records if "step_s" in record):
            timed = [record for record in records if "step_s" in record]
            figures["steps.png"] = overview(timed, bars)
        for (net, name), group in sweeps(records).items():
            figures[f"{net.replace(' ', '-')}-{name}.png"] = sweep(net, name, group)
        for file, figure in figures.items():
            figure.savefig(folder / file, metadata={"Software": None})
    text = "\n\n".join(filter(None, [table(records, bars), whole_table(records)]))
    (folder / "report.md").write_text(text + "\n", "utf-8")
    return [folder / name for name in ("report.md", *figures)]
