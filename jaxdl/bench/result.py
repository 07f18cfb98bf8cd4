"""What a measurement of functions found: a table, JSON, a figure."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jaxdl import plots
from jaxdl._files import replacing
from jaxdl.bench.report import COLORS, MARKERS, break_even, duration, spread

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from jaxdl.bench.record import Record

BUSY = 0.5  # of the cores
EAGER = ("torch-eager", "jax-eager")


class Result:
    """What functions cost; printed, it is a table.

    Attributes:
        document: what `to_json` writes: "title", "dtype", "threads", "inputs" (name -> dtype and
            shape), "gradients", "tolerance", "records", "versions", "machine", "date".
        rows: its records, one for each function and arm: "function", "arm", "mode" (of
            torch.compile), "device", "calls" (that were timed), "first_call_s", "compile_s",
            "call_s" (median and quartiles), "memory_before_bytes", "peak_memory_bytes", "error"
            (the largest, against the first row), and "paid_after_calls".
    """

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.rows: list[Record] = document["records"]
        self.base = base(self.rows)
        for row in self.rows:
            row["paid_after_calls"] = self._paid(row)

    def _paid(self, row: Record) -> int | None:
        """After how many calls a row, its compilation included, has taken less than `base`."""
        if self.base is None or row is self.base:
            return None
        ours, theirs = (each | {"step_s": each["call_s"]} for each in (row, self.base))
        return break_even(ours, theirs)

    def __str__(self) -> str:
        """The table, its columns in line, with what it is of above and what it means below."""
        cells = [["", "compile", "a call", "faster", "paid after", "+MB"]]
        for row in self.rows:
            more = (row["peak_memory_bytes"] - row["memory_before_bytes"]) / 1e6
            cells.append(
                [
                    title(row),
                    duration(row["compile_s"]),
                    spread(row["call_s"]),
                    self._faster(row),
                    self._told(row),
                    f"{more:,.0f}" if more >= 10 else f"{more:.1f}",
                ]
            )
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [
            "  ".join(
                cell.rjust(width) if column else cell.ljust(width)
                for column, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in cells
        ]
        return "\n".join([self._head(), "", *lines, "", *self._notes()])

    __repr__ = __str__

    def _faster(self, row: Record) -> str:
        """Than the first row; "~" where their quartiles overlap."""
        times = self.rows[0]["call_s"]["median"] / row["call_s"]["median"]
        return f"{about(row, self.rows[0])}{times:.2f}"

    def _told(self, row: Record) -> str:
        calls = row["paid_after_calls"]
        if self.base is None or row is self.base or row["arm"] in EAGER:
            return ""
        words = "never" if calls is None else f"{calls:,}" if calls else "at once"
        return about(row, self.base) + words

    def _head(self) -> str:
        document = self.document
        threads = document["threads"]
        devices = dict.fromkeys(row["device"] for row in self.rows)
        facts = [document["dtype"], ", ".join(devices), f"{threads} thread{'s' * (threads > 1)}"]
        if document["gradients"]:
            names = [f"input {n}" if isinstance(n, int) else n for n in document["gradients"]]
            facts.append(f"with gradients by {', '.join(names)}")
        return f"{document['title']}: {', '.join(facts)}"

    def _notes(self) -> list[str]:
        error = max(row["error"] for row in self.rows)
        what = "outputs and gradients" if self.document["gradients"] else "outputs"
        lines = [
            f"{what} agree to {error:.0e} ({self.document['tolerance']:.0e} is allowed)",
            "a call: median and quartiles; faster: than the first row, ~: quartiles overlap",
            "+MB: the peak of memory, compilation included, above that before the first call",
        ]
        if self.base:
            lines.append(f"paid after: calls until compilation has paid against {title(self.base)}")
        if len({row["device"] for row in self.rows}) > 1:
            lines.append("they did not run on one device: the times are not of the frameworks")
        machine = self.document["machine"]
        if machine["load"] > BUSY * (machine["cores"] or 1):
            lines.append(f"the machine was busy (load {machine['load']:.1f}): measure again")
        lines += [f"{title(row)}: mode {row['mode']}" for row in self.rows if row["mode"]]
        return lines

    def to_json(self, path: str | os.PathLike[str]) -> None:
        """Write the document; the file is there whole or not at all."""
        with replacing(path) as part:
            part.write_text(json.dumps(self.document, indent=1, allow_nan=False) + "\n", "utf-8")

    def figure(self) -> Figure:
        """Left a call of each row, its median and quartiles; right the calls, compilation included.

        Raises:
            InputError: Matplotlib is not installed.
        """
        figure, (left, right) = plots.row(2, height=1.5 + 0.3 * max(len(self.rows), 6))
        from matplotlib.ticker import LogLocator, NullFormatter

        longest = self._until()
        for height, row in enumerate(self.rows):
            call_s, style = row["call_s"], style_of(row, self.rows)
            median = call_s["median"]
            left.errorbar(
                median * 1e3, height,
                xerr=[[(median - call_s["q1"]) * 1e3], [(call_s["q3"] - median) * 1e3]],
                capsize=2, markersize=6, linewidth=1.5, **style,
            )  # fmt: skip
            calls = [longest ** (i / 200) for i in range(201)]
            total = [row["compile_s"] + n * median for n in calls]
            right.plot(calls, total, linewidth=1.4, label=title(row), color=style["color"],
                       linestyle=style["linestyle"])  # fmt: skip
        left.set_yticks(range(len(self.rows)), list(map(title, self.rows)))
        left.set_ylim(len(self.rows) - 0.5, -0.5)
        left.set(xscale="log", xlabel="milliseconds a call", title="a call")
        times = [row["call_s"][key] * 1e3 for row in self.rows for key in ("q1", "q3")]
        left.set_xlim(min(times) / 2, max(times) * 2)
        left.xaxis.set_major_locator(LogLocator(subs=(1, 2, 5)))
        left.xaxis.set_major_formatter("{x:g}")
        left.xaxis.set_minor_formatter(NullFormatter())
        right.set(xscale="log", yscale="log", xlabel="calls", ylabel="seconds",
                  title="compilation and calls")  # fmt: skip
        right.legend(frameon=False, fontsize=8)
        figure.suptitle(self._head(), fontsize=9)
        return figure

    def _until(self) -> float:
        """How many calls the figure shows: until they have taken longer than any compilation."""
        calls = [row["compile_s"] / row["call_s"]["median"] for row in self.rows]
        return 10 * max([*calls, *(row["paid_after_calls"] or 1 for row in self.rows)])


def title(row: Record) -> str:
    """ "jax einsum", "jax-jit" as "jax einsum jit"."""
    return label(row["function"], row["arm"])


def label(function: str, arm: str) -> str:
    """What a function and its arm are called in tables and messages."""
    return f"{function} {arm.partition('-')[2]}"


def about(row: Record, other: Record) -> str:
    """ "~" where the quartiles of two rows overlap, so that nobody knows which is faster."""
    a, b = row["call_s"], other["call_s"]
    return "" if row is other or a["q3"] < b["q1"] or b["q3"] < a["q1"] else "~"


def base(rows: Sequence[Record]) -> Record | None:
    """The fastest of the rows that are not compiled, PyTorch's before JAX's."""
    for arm in EAGER:
        own = [row for row in rows if row["arm"] == arm]
        if own:
            return min(own, key=lambda row: row["call_s"]["median"])
    return None


def style_of(row: Record, rows: Sequence[Record]) -> dict[str, Any]:
    """An arm's colour and mark; a framework's second function has other lines."""
    same = [each["function"] for each in rows if each["arm"] == row["arm"]]
    lines = ("-", "--", ":", "-.")
    return {
        "color": COLORS[row["arm"]],
        "marker": MARKERS[row["arm"]],
        "linestyle": lines[same.index(row["function"]) % len(lines)],
    }
