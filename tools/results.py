"""Tables of the committed measurements, between marks in the pages: `<!-- accuracy -->`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from jaxdl.course import lessons
from tools import derivatives, overhead, parity, photographs, saved


def with_results(text: str, page: Path) -> str:
    """The page with its tables of committed measurements, in the page's language."""
    chinese = page.name.endswith(".zh.md")
    home = Path(__file__).parents[1] / "benchmarks" / "results"

    def write(found: re.Match[str]) -> str:
        rows = TABLES[found["name"]](home, chinese)
        return "\n".join([f"<!-- {found['name']} -->", *rows, "<!-- end -->", ""])

    return MARKS.sub(write, text)


def _of(file: str, table: Callable[[Any, bool], list[str]], home: Path, chinese: bool) -> list[str]:
    """A table of what one file of benchmarks/results holds."""
    return table(json.loads((home / file).read_text("utf-8")), chinese)


def _in(folder: str, table: Callable[[Path, bool], list[str]], home: Path, chinese: bool) -> Any:
    """A table of what the files of a folder of benchmarks/results hold."""
    return table(home / folder, chinese)


def _overhead(home: Path, chinese: bool) -> list[str]:
    """What a step costs besides its arithmetic; nothing where it has not been measured."""
    there = (home / "overhead.json").is_file()
    return _of("overhead.json", overhead.table, home, chinese) if there else []


def _accelerator(home: Path, chinese: bool) -> list[str]:
    """Each net's best arms on an accelerator; nothing where none was measured."""
    from jaxdl.bench import record, report

    if not (home / "gpu").is_dir():
        return []
    table = report.table(record.read(home / "gpu"), bars())
    return _headed(table, STEPS_ZH if chinese else ())


def _accuracies(home: Path, chinese: bool) -> list[str]:
    """Mean results of each case over its seeds, from benchmarks/results/accuracy."""
    found: dict[tuple[str, str], list[float]] = {}
    for file in sorted((home / "accuracy").glob("*-seed*.json")):
        run = json.loads(file.read_text("utf-8"))
        case = f"{run['lesson']} {run['config'].get('model', '')}".strip()
        data = run["config"].get("data") or run["config"]["task"]
        shares = {name: value for name, value in run["result"].items() if name != "loss"}
        for name, value in shares.items():
            found.setdefault((f"{case}, {data}", name), []).append(value)
    rows = [
        "| | | 平均 | 各次 |" if chinese else "| | | mean | seed by seed |",
        "|---|---|---|---|",
    ]
    for (case, name), values in found.items():
        each = ", ".join(f"{value:.2%}" for value in values)
        rows.append(f"| {case} | {name} | {sum(values) / len(values):.2%} | {each} |")
    return rows


def _differences(home: Path, chinese: bool) -> list[str]:
    """The largest differences over all seeds, from benchmarks/results/like_torch.json."""
    names = {
        "ours to the script, float64": "JAX 与脚本，float64",
        "ours to the script, float32": "JAX 与脚本，float32",
        "the script to itself, one thread": "脚本与自身，单线程",
        "the script to itself, without oneDNN": "脚本与自身，不用 oneDNN",
    }
    seeds = json.loads((home / "like_torch.json").read_text("utf-8"))["seeds"]
    heads = names.values() if chinese else names
    rows = ["| | " + " | ".join(heads) + " |", "|---" * (1 + len(names)) + "|"]
    for case, runs in seeds.items():
        worst = " | ".join(f"{max(run[name] for run in runs):.0e}" for name in names)
        rows.append(f"| {case.replace('-', ' ')} | {worst} |")
    return rows


def bars() -> dict[str, float]:
    """Lesson -> how many times faster than PyTorch it is to be."""
    return {lesson.name: lesson.bar for lesson in lessons() if lesson.bar is not None}


def _steps(home: Path, chinese: bool) -> list[str]:
    """Each net's best arms with the lecture's values, from benchmarks/results/bench."""
    from jaxdl.bench import record, report

    records = [each for each in record.read(home / "bench") if report.bar(each, bars()) is not None]
    return _headed(report.table(records, bars()), STEPS_ZH if chinese else ())


STEPS_ZH = (
    "PyTorch 最快", "每步", "本项目最快", "每步", "快几倍", "要求",
    "编译何时回本", "内存是几倍", "XLA 自带 scan",
)  # fmt: skip
WHOLE_ZH = (
    "轮数", "PyTorch 训练", "本项目", "快几倍", "PyTorch 整个进程", "本项目", "快几倍",
    "本项目再次运行", "快几倍",
)  # fmt: skip


def _headed(table: str, heads: Sequence[str]) -> list[str]:
    """A table's lines, with other heads where some are given."""
    rows = table.splitlines()
    if heads:
        assert rows[0].count("|") == len(heads) + 2
        rows[0] = f"| | {' | '.join(heads)} |"
    return rows


def _faster(home: Path, chinese: bool) -> list[str]:
    """How many times faster some of them are, from the smallest net to the largest."""
    from jaxdl.bench import record, report

    shown = ("l05", "l09", "l10 lecture", "l10 deeper", "l11 googlenet", "l14", "l16")
    told = ["| | PyTorch 最快，每步 | 本项目，每步 | 快几倍 |", "|---|---|---|---|"]
    if not chinese:
        told[0] = "| | PyTorch's best, a step | ours | times faster |"
    records = [each for each in record.read(home / "bench") if report.bar(each, bars()) is not None]
    for (_, title, *_), arms in report.grouped(records).items():
        theirs, ours = report.best(arms, report.TORCH), report.best(arms, report.JAX)
        if title in shown and theirs and ours:
            steps = [each["step_s"] for each in (theirs, ours)]
            cells = [report.spread(step) for step in steps]
            times = steps[0]["median"] / steps[1]["median"]
            told.append(f"| {title} | {' | '.join(cells)} | {times:,.2f} |")
    return told


def _sizes(home: Path, chinese: bool) -> list[str]:
    """What an installation weighs, from benchmarks/results/installed.json."""
    found = json.loads((home / "installed.json").read_text("utf-8"))["steps"]
    names = {
        "": ("the library and the lessons", "库和全部课程"),
        "course": ("with the lessons' data and figures", "加上课程的数据和图"),
        "torch": ("that, and PyTorch for the CPU alone", "再加上只用 CPU 的 PyTorch"),
    }
    rows = ["| | MB |", "|---|---|"]
    for step in found:
        extra = "[course]" if step["extra"] else ""  # PyTorch was installed beside it
        what = f"`jaxdl-course{extra}`"
        rows.append(f"| {what}: {names[step['extra']][chinese]} | {step['megabytes']:,} |")
    return rows


def _sweeps(home: Path, chinese: bool) -> list[str]:
    """The same with other values."""
    from jaxdl.bench import record, report

    records = [each for each in record.read(home / "bench") if report.bar(each, bars()) is None]
    return _headed(report.table(records, bars()), STEPS_ZH if chinese else ())


def _shared(home: Path, chinese: bool) -> list[str]:
    """A scan with and without its batches shared out among devices, each against PyTorch."""
    from jaxdl.bench import record, report

    records = [each for each in record.read(home / "bench") if report.bar(each, bars()) is not None]
    rows = [
        "| | `jax-scan` | times faster than PyTorch's best | `jax-sharded` | times faster |",
        "|---|---|---|---|---|",
    ]
    if chinese:
        rows[0] = "| | `jax-scan` | 比 PyTorch 最快的快几倍 | `jax-sharded` | 快几倍 |"
    for (_, title, *_), arms in report.grouped(records).items():
        theirs = report.best(arms, report.TORCH)
        if theirs and "jax-sharded" in arms:
            cells = [title]
            for name in ("jax-scan", "jax-sharded"):
                step_s = arms[name]["step_s"]
                times = theirs["step_s"]["median"] / step_s["median"]
                cells += [report.spread(step_s), f"{times:.2f}"]
            rows.append("| " + " | ".join(cells) + " |")
    return rows


def _whole(home: Path, chinese: bool) -> list[str]:
    """Whole runs, compilation included, from benchmarks/results/bench."""
    from jaxdl.bench import record, report

    whole = report.whole_table(record.read(home / "bench"))
    return _headed(whole, WHOLE_ZH if chinese else ())


def _roofline(home: Path, chinese: bool) -> list[str]:
    """What a step must do at least, from benchmarks/results/roofline.json."""
    found = json.loads((home / "roofline.json").read_text("utf-8"))
    rate, memory = (found["machine"][name] / 1e9 for name in ("flops_per_s", "bytes_per_s"))
    short = lambda number: f"{number:,.0f}" if number >= 100 else f"{number:.3g}"  # noqa: E731
    rows = [
        f"| | operations, millions | at {rate:.0f} billion a second | between its operations, MB |"
        f" from memory at {memory:.1f} GB a second | its products alone | the step |",
        "|---|---|---|---|---|---|---|",
    ]
    if chinese:
        rows[0] = (
            f"| | 运算，百万次 | 按每秒 {rate:.0f} × 10⁹ 次 | 运算之间传递，MB "
            f"| 按内存每秒 {memory:.1f} GB | 光是乘积 | 一步 |"
        )
    for net in found["nets"]:
        rows.append(
            f"| {net['net']} | {short(net['flops'] / 1e6)} | {short(net['ms_by_flops'])} ms "
            f"| {short(net['bytes'] / 1e6)} | {short(net['ms_by_bytes'])} ms "
            f"| {short(net['ms_of_products'])} ms | {short(net['ms_of_step'])} ms |"
        )
    return rows


def _gpt(home: Path, chinese: bool) -> list[str]:
    """Lesson 18's loss on unread Shakespeare, from benchmarks/results/gpt."""
    runs = {
        file.stem: json.loads(file.read_text("utf-8"))["history"]["test_loss"]
        for file in sorted((home / "gpt").glob("*-seed*.json"))
    }
    steps = [250 * (i + 1) for i in range(max(map(len, runs.values())))]
    rows = [
        f"| {'步数' if chinese else 'steps'} | " + " | ".join(f"{n:,}" for n in steps) + " |",
        "|---" * (1 + len(steps)) + "|",
    ]
    for name, losses in runs.items():
        rows.append(f"| {name} | " + " | ".join(f"{loss:.3f}" for loss in losses) + " |")
    return rows


TABLES: dict[str, Callable[[Path, bool], list[str]]] = {
    "accuracy": _accuracies,
    "like_torch": _differences,
    "bench": _steps,
    "faster": _faster,
    "sizes": _sizes,
    "overhead": _overhead,
    "accelerator": _accelerator,
    "sweeps": _sweeps,
    "shared": _shared,
    "whole": _whole,
    "roofline": _roofline,
    "gpt": _gpt,
    "photographs": partial(_in, "record", photographs.runs),
    "ingredients": partial(_in, "record", photographs.ingredients),
    "saved": partial(_of, "saved.json", saved.table),
    "lengths": partial(_of, "saved.json", saved.lengths),
    "policies": partial(_of, "saved.json", saved.policies),
    "checkpoints": partial(_of, "saved.json", saved.depths),
    "derivative_times": partial(_of, "derivatives.json", derivatives.times),
    "derivative_memory": partial(_of, "derivatives.json", derivatives.memory),
    "derivative_wins": partial(_of, "derivatives.json", derivatives.wins),
    "derivative_impossible": partial(_of, "derivatives.json", derivatives.impossible),
    "coverage_modules": partial(_of, "coverage.json", parity.modules),
    "coverage_beside": partial(_of, "coverage.json", parity.beside),
    "coverage_optimizers": partial(_of, "coverage.json", parity.optimizers),
    "faults_score": partial(_of, "faults.json", parity.score),
    "faults_missed": partial(_of, "faults.json", parity.missed),
}
"""The mark's name -> the table's rows, of the folder of results, in Chinese or not."""
MARKS = re.compile(rf"^<!-- (?P<name>{'|'.join(TABLES)}) -->\n.*?^<!-- end -->\n", re.M | re.S)
