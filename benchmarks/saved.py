"""What each framework keeps of the way there for the way back, in bytes.

`python -m benchmarks.saved` writes `benchmarks/results/saved.json` and draws `docs/saved.png`; with
the name of a part, `nets`, `batch` or `depth`, it writes that part anew, with `figure` it draws. Of
every net of the course, with the lecture's values, on its first batch; of one net by its batch; of
a stack of linear layers by its depth, with and without checkpoints.

PyTorch's bytes are of the distinct storages in its graph, those of parameters apart, beside the
most that its allocator held at one time. JAX's are of its residuals, those that are parameters or
the batch apart, beside what XLA lays out for the compiled loss with its gradient. To compare the
two, add JAX's residuals of the batch: in PyTorch's bytes they are. Nothing is
timed. The counts of bytes are the same on every CPU; only the two peaks depend on the machine.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp

from jaxdl import ops
from jaxdl.autograd.saved_jax import saved_jax
from jaxdl.autograd.saved_torch import saved_torch
from jaxdl.course import Lesson, find, lessons
from jaxdl.course.bench import LessonCase
from jaxdl.course.document import environment
from jaxdl.plots import row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RESULT = Path(__file__).parent / "results" / "saved.json"
FIGURE = Path(__file__).parents[1] / "docs" / "saved.png"
BATCHES = (16, 64, 256)
DEPTHS = (4, 8, 16, 32)
WIDTH, ROWS, SEGMENT = 128, 256, 4  # of the stack: units of a layer, examples, layers a checkpoint
COLOURS = {"PyTorch": "#0072B2", "jaxdl": "#D55E00", "XLA's own": "#CC79A7", "compiled": "#009E73"}


def nets(lesson: Lesson, net: str = "", size: int | None = None) -> list[dict[str, Any]]:
    """A lesson's nets, or one of them, on its first batch or on one of `size` examples."""
    found = []
    for name, fields in (lesson.nets or {"default": {}}).items():
        if net and name != net:
            continue
        given = dict(fields) if size is None else {**fields, lesson.batch: size}
        config = lesson.config(**given)
        program, twin = lesson.program(config), lesson.twin(config, "float32")
        data = program.examples()
        params, batch = program.init(jax.random.key(0)), lesson.first_batch(config, data)
        # A view keeps the whole data set; a DataLoader copies a batch out of it.
        copied = tuple(column.clone() for column in lesson.first_batch(config, twin.examples()))
        theirs = saved_torch(twin.loss, twin.model, copied)
        entry = {
            "net": lesson.name if name == "default" else f"{lesson.name} {name}",
            "examples": LessonCase(lesson, name, config).examples(len(data[0])),
            "torch": asdict(theirs),
            "jax": counted(program.loss, params, batch),
        }
        if lesson.flax:
            with ops.xla():  # a new function, for JAX remembers what it traced by the function
                entry["jax_own"] = counted(partial(program.loss), params, batch)
        print(line(entry))
        found.append(entry)
    return found


def counted(loss: Any, params: Any, batch: Any) -> dict[str, Any]:
    """JAX's residuals and what is allocated: the parameters' and the batch's bytes apart."""
    saved = saved_jax(loss, params, batch)
    return {
        "residuals": sum(r.source in ("operation", "constant") for r in saved.residuals),
        "bytes": saved.bytes("operation", "constant"),
        "parameter_bytes": saved.bytes("parameter"),
        "input_bytes": saved.bytes("input"),
        "memory": saved.memory and asdict(saved.memory),
    }


def stack(depth: int, again: bool) -> dict[str, Any]:
    """`depth` times tanh(xW + b), in both frameworks; in JAX one after the other, and in a scan.

    Args:
        depth: layers.
        again: with a checkpoint round every `SEGMENT` of them, whose inside is computed again on
            the way back.
    """
    import torch
    from torch.utils.checkpoint import checkpoint

    torch.manual_seed(0)
    layers: list[Any] = [
        torch.nn.Sequential(torch.nn.Linear(WIDTH, WIDTH), torch.nn.Tanh()) for _ in range(depth)
    ]
    model = torch.nn.Sequential(*layers)

    def torch_loss(model: Any, x: Any) -> Any:
        for i in range(0, depth, SEGMENT):
            part = model[i : i + SEGMENT]
            x = checkpoint(part, x, use_reentrant=False) if again else part(x)
        return (x**2).mean()

    def part(params: Any, x: Any) -> Any:
        for kernel, bias in params:
            x = jnp.tanh(x @ kernel + bias)
        return x

    def loss(params: Any, x: Any) -> Any:
        for i in range(0, depth, SEGMENT):
            x = (jax.checkpoint(part) if again else part)(params[i : i + SEGMENT], x)
        return jnp.mean(x**2)

    def scanned(params: Any, x: Any) -> Any:
        def body(x: Any, params: Any) -> Any:
            rows = list(zip(*params, strict=True))
            return (jax.checkpoint(part) if again else part)(rows, x), None

        return jnp.mean(jax.lax.scan(body, x, params)[0] ** 2)

    params = [
        (jnp.asarray(layer.weight.detach().numpy().T), jnp.asarray(layer.bias.detach().numpy()))
        for layer, _ in layers
    ]
    stacked = [
        jnp.stack(leaves).reshape(-1, SEGMENT, *leaves[0].shape)
        for leaves in zip(*params, strict=True)
    ]
    x = torch.randn(ROWS, WIDTH)
    examples = jnp.asarray(x.numpy())
    entry = {
        "net": f"{depth} layers{', checkpointed' * again}",
        "depth": depth,
        "checkpoint": again,
        "torch": asdict(saved_torch(torch_loss, model, x)),
        "jax": counted(loss, params, examples),
        "jax_scan": counted(scanned, stacked, examples),
    }
    print(line(entry))
    return entry


def line(entry: dict[str, Any]) -> str:
    """One net, in megabytes, for the terminal."""
    told = {
        "PyTorch": entry["torch"]["bytes"],
        "peak": entry["torch"]["peak"],
        "JAX": entry["jax"]["bytes"],
        "compiled": entry["jax"]["memory"]["temporary"],
    }
    if "jax_own" in entry:
        told |= {"own": entry["jax_own"]["bytes"]}
    return f"{entry['net']:26}" + "  ".join(f"{k} {v / 1e6:9.6f}" for k, v in told.items())


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


def figure(document: dict[str, Any]) -> Figure:
    """Kept bytes: of the larger nets; of l10's by its batch; of a stack of layers by its depth."""
    panels, axes = row(3, width=5.2, height=4.6)
    _nets(axes[0], [n for n in document["nets"] if n["torch"]["bytes"] > 1e4])
    batch, depth = document["batch"], document["depth"]
    lines = {
        "jaxdl": ([kept(n["jax"]) for n in batch], "jaxdl", "-"),
        "PyTorch": ([n["torch"]["bytes"] for n in batch], "PyTorch", "-"),
        "XLA's own": ([kept(n["jax_own"]) for n in batch], "XLA's own", "-"),
    }
    _lines(axes[1], [n["examples"] for n in batch], lines)
    axes[1].set(title="l10 by its batch: kept, MB", xlabel="examples in a batch")
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
    _lines(axes[2], [n["depth"] for n in plain], lines)
    axes[2].set(title="a stack by its depth: kept, MB", xlabel="layers")
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


PARTS: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "nets": lambda: [net for lesson in lessons() if lesson.number > 1 for net in nets(lesson)],
    "batch": lambda: [net for size in BATCHES for net in nets(find("l10"), "lecture", size)],
    "depth": lambda: [stack(depth, again) for again in (False, True) for depth in DEPTHS],
}


def main(arguments: list[str]) -> None:
    """Count, write the result, draw the figure."""
    parts = set(arguments or PARTS)
    document = json.loads(RESULT.read_text("utf-8")) if arguments else {}
    document |= {name: count() for name, count in PARTS.items() if name in parts}
    if parts & PARTS.keys():
        document["stack"] = {"width": WIDTH, "examples": ROWS, "layers a checkpoint": SEGMENT}
        document["environment"] = environment()
        RESULT.write_text(json.dumps(document, indent=1) + "\n", "utf-8")
    drawn = figure(document)
    drawn.savefig(FIGURE, metadata={"Software": None})


if __name__ == "__main__":
    main(sys.argv[1:])
