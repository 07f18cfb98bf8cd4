"""The results' pages: every table that tools.results makes, every figure, every committed file.

A new table of tools.results that no topic names stands on the page of further ones; a new file of
benchmarks/results stands among the records, with its numbers where no table has them.
"""

from __future__ import annotations

import ast
import json
import re
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tools.results import TABLES, bars
from tools.site.links import repository
from tools.site.places import CACHE, ROOT
from tools.site.words import WORDS

HOME = ROOT / "benchmarks" / "results"
Words = dict[str, str]


@dataclass(frozen=True)
class Topic:
    """A page of tables: its title, the tables' names with their titles, and figures."""

    title: Words
    tables: dict[str, Words]
    figures: tuple[tuple[str, Words], ...] = ()


TOPICS = {
    "training": Topic(
        {"en": "Accuracy and losses", "zh": "准确率与损失"},
        {
            "accuracy": {"en": "After the last epoch, three seeds", "zh": "最后一轮之后，三个种子"},
            "like_torch": {
                "en": "Largest relative difference of a loss",
                "zh": "损失的最大相对差",
            },
        },
    ),
    "derivatives": Topic(
        {"en": "Derivatives", "zh": "各种导数"},
        {
            "derivative_times": {"en": "Times", "zh": "时间"},
            "derivative_memory": {"en": "Memory", "zh": "内存"},
            "derivative_wins": {"en": "Who is faster where", "zh": "哪里谁更快"},
            "derivative_impossible": {"en": "What cannot be taken", "zh": "做不到的"},
        },
        (
            (
                "docs/derivatives.png",
                {
                    "en": "the time of a call over its size: six derivatives, three ways each",
                    "zh": "一次调用的时间随规模的变化：六种导数，各有三种写法",
                },
            ),
        ),
    ),
    "memory": Topic(
        {"en": "What is kept for the way back", "zh": "为反向传播保存了什么"},
        {
            "saved": {"en": "Net by net", "zh": "各个网络"},
            "lengths": {"en": "By the sequence's length", "zh": "按序列长度"},
            "policies": {"en": "By the checkpoint's policy", "zh": "按检查点策略"},
            "checkpoints": {"en": "By depth, with checkpoints", "zh": "按深度，用检查点"},
        },
        (
            (
                "docs/saved.png",
                {
                    "en": "megabytes that each framework keeps, net by net, by batch, by length,"
                    " and by depth with and without checkpoints",
                    "zh": "各框架在各网络上保存的 MB，随批量、长度的变化，"
                    "以及有无检查点时随深度的变化",
                },
            ),
        ),
    ),
}
"""The pages beside those that are prose of the repository: results/benchmark, results/coverage."""

BENCHMARK: dict[str, Words] = {
    "sweeps": {"en": "Other sizes", "zh": "其他规模"},
    "shared": {"en": "More than one core", "zh": "不止一个核"},
    "whole": {"en": "Whole runs", "zh": "完整的训练"},
    "gpt": {
        "en": "Lesson 18's loss on unread Shakespeare",
        "zh": "第 18 课在没读过的莎士比亚上的损失",
    },
    "roofline": {"en": "What a step must do at least", "zh": "一步至少要做多少"},
}
IN_PROSE = (
    "bench",
    "faster",
    "sizes",
    "overhead",
    "accelerator",
    "coverage_modules",
    "coverage_beside",
    "coverage_optimizers",
)
IN_PROSE += ("faults_score", "faults_missed")
FURTHER = {"en": "Further tables", "zh": "其他表格"}


def pages(language: str) -> tuple[dict[str, str], dict[str, Path]]:
    """Name -> page, and the figures that they show: name on the site -> file."""
    found, files = {}, {}
    for name, topic in TOPICS.items():
        text = [f"# {topic.title[language]}", WORDS[language][f"{name}_lead"]]
        for name_of_figure, words in topic.figures:
            figure = name_of_figure.replace(".png", ".png" if language == "en" else ".zh.png")
            place = f"figures/{figure.replace('/', '-')}"
            files[place] = ROOT / figure
            text.append(f"![{words[language]}](/{place})")
        text += [
            part for table, title in topic.tables.items() for part in _table(table, title, language)
        ]
        found[f"results/{name}"] = "\n\n".join(text) + "\n"
    if further := [table for table in TABLES if table not in placed()]:
        text = [f"# {FURTHER[language]}"]
        text += [part for table in further for part in _table(table, {}, language)]
        found["results/further"] = "\n\n".join(text) + "\n"
    found["results/records"] = records(language)
    return found, files


def placed() -> set[str]:
    """The tables that a page has."""
    return {*IN_PROSE, *BENCHMARK, *(name for topic in TOPICS.values() for name in topic.tables)}


def _table(name: str, title: Words, language: str, level: int = 2) -> list[str]:
    rows = TABLES[name](HOME, language == "zh")
    return [f"{'#' * level} {title.get(language, name)}", "\n".join(rows)]


def benchmark(language: str) -> tuple[str, dict[str, Path]]:
    """What stands below the README's section on the benchmark's page: figures, further tables."""
    words = WORDS[language]
    text, files = [f"## {words['figures']}"], {}
    for figure in drawn():
        name = f"figures/bench-{figure.name}"
        files[name] = figure
        what = "" if figure.stem == "steps" else f", {figure.stem}"
        text.append(f"![{words['steps']}{what}](/{name})")
    text += [part for table, title in BENCHMARK.items() for part in _table(table, title, language)]
    return "\n\n".join(text) + "\n", files


def drawn() -> list[Path]:
    """The figures of the committed records, as `jaxdl bench report` draws them."""
    from jaxdl.bench import record, report

    folder = CACHE / "bench"
    newest = max(file.stat().st_mtime for file in (HOME / "bench").glob("*.json"))
    known = sorted(folder.glob("*.png"))
    if not known or min(file.stat().st_mtime for file in known) < newest:
        report.write(record.read(HOME / "bench"), folder, bars())
    return sorted(folder.glob("*.png"), key=lambda file: (file.stem != "steps", file.name))


RECORDS = {
    "title": {"en": "All records", "zh": "全部记录"},
    "heads": {
        "en": "| file | command | measured with |\n|---|---|---|",
        "zh": "| 文件 | 命令 | 测量环境 |\n|---|---|---|",
    },
    "name": {"en": "| | |\n|---|---|", "zh": "| | |\n|---|---|"},
}


def records(language: str) -> str:
    """Every file of benchmarks/results, and the numbers of those that no table reads."""
    rows, below = [RECORDS["heads"][language]], []
    for file in sorted(HOME.rglob("*.json")):
        document = json.loads(file.read_text("utf-8"))
        told = file.relative_to(HOME).as_posix()
        link = (
            f"[{told}]({repository()}/blob/HEAD/{file.relative_to(ROOT)})"
            if repository()
            else f"`{told}`"
        )
        rows.append(f"| {link} | {command(file, document)} | {machine(document)} |")
        if not read_by_a_table(file):
            below += [f"## {told}", f"{RECORDS['name'][language]}\n" + "\n".join(flat(document))]
    return (
        "\n\n".join(
            [
                f"# {RECORDS['title'][language]}",
                WORDS[language]["records_lead"],
                "\n".join(rows),
                *below,
            ]
        )
        + "\n"
    )


def read_by_a_table(file: Path) -> bool:
    """tools.results names the file, or the folder that it lies in."""
    source = (ROOT / "tools" / "results.py").read_text("utf-8")
    constants = {
        node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)
    }
    parts = file.relative_to(HOME).parts
    return parts[0] in constants


def command(file: Path, document: Any) -> str:
    """What writes it: its own word, else the benchmark of its name."""
    entries = document if isinstance(document, list) else [document]
    told = list(dict.fromkeys(each["command"] for each in entries if each.get("command")))
    module = f"benchmarks.{file.stem}"
    if not told and find_spec(module):
        told = [f"python -m {module}"]
    return ", ".join(f"`{each}`" for each in told[:1]) + (" …" if len(told) > 1 else "")


def machine(document: Any) -> str:
    """Machine and versions, in few words."""
    first = document[0] if isinstance(document, list) else document
    versions = dict(first.get("versions") or {}) | dict(first.get("environment") or {})
    told = [f"{name} {versions[name]}" for name in ("jax", "torch", "python") if versions.get(name)]
    where = (first.get("machine") or {}).get("cpu") or versions.get("device", "")
    return ", ".join(filter(None, [where, *told]))


def flat(document: Any, name: str = "") -> list[str]:
    """Every number of a document, with the way to it."""
    if isinstance(document, dict):
        pairs = document.items()
    elif isinstance(document, list):
        pairs = enumerate(document)
    else:
        return [f"| {re.sub(r'[|]', ' ', name)} | {str(document).replace('|', ' ')} |"]
    return [
        row
        for key, value in pairs
        if not (name == "" and key in ("schema", "environment"))
        for row in flat(value, f"{name} · {key}" if name else str(key))
    ]
