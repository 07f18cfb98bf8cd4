"""Lesson 19 on photographs: tables of benchmarks/results/record."""

from __future__ import annotations

import json
import statistics
from pathlib import Path
from typing import Any

SIZES = {"short": "缩短的", "whole": "论文的规模"}
SIDES = {"jax": "JAX", "torch": "PyTorch"}


def _documents(folder: Path, size: str, side: str) -> list[dict[str, Any]]:
    """Of the runs of a size and side, with all ingredients, or each with one left out."""
    files = sorted(folder.glob(f"{size}-{side}-*.json"))
    found = [json.loads(file.read_text("utf-8")) for file in files]
    whole = [each for each in found if "--limit" not in each["command"]]
    return [each for each in whole if each["config"]["optimizer"] == "sgd"]


def runs(folder: Path, chinese: bool) -> list[str]:
    """Accuracy and seconds of both programs with all ingredients; nothing where none was run."""
    head = "| | | seeds | test accuracy | at one look | seconds an epoch |"
    if chinese:
        head = "| | | 种子数 | 测试准确率 | 只看一眼 | 每轮秒数 |"
    rows = [head, "|---|---|---|---|---|---|"]
    for size, name in SIZES.items():
        for side, framework in SIDES.items():
            found = [each for each in _documents(folder, size, side) if not each["without"]]
            if found:
                seconds = [s for each in found for s in each["seconds"]["epochs"]]
                cells = [
                    name if chinese else size,
                    framework,
                    str(len(found)),
                    *(_shares(found, asked) for asked in ("test accuracy", "at one look")),
                    f"{statistics.median(seconds):.0f}",
                ]
                rows.append("| " + " | ".join(cells) + " |")
    return rows if len(rows) > 2 else []


def _shares(found: list[dict[str, Any]], name: str) -> str:
    """Of one run the number; of several their mean and, in brackets, each."""
    values = [each["result"][name] for each in found]
    each = ", ".join(f"{value:.2%}" for value in values)
    return each if len(values) == 1 else f"{statistics.mean(values):.2%} ({each})"


def ingredients(folder: Path, chinese: bool) -> list[str]:
    """What each brings: ours in short, one left out at a time, over the same seeds."""
    found: dict[str, dict[int, float]] = {}
    for each in _documents(folder, "short", "jax"):
        seeds = found.setdefault(each["without"] or "", {})
        seeds[each["config"]["seed"]] = each["result"]["test accuracy"]
    everything = found.pop("", {})
    rows = [
        "| 去掉 | 测试准确率 | 全部保留时 | 差 |"
        if chinese
        else "| left out | test accuracy | with it | difference |",
        "|---|---|---|---|",
    ]
    for without, seeds in found.items():
        both = [(seeds[seed], everything[seed]) for seed in seeds if seed in everything]
        if both:
            less, more = (statistics.mean(column) for column in zip(*both, strict=True))
            rows.append(f"| {without} | {less:.2%} | {more:.2%} | {100 * (less - more):+.2f} |")
    return rows if len(rows) > 2 else []
