"""What a step costs besides its arithmetic: the table of what `benchmarks.overhead` measured."""

from __future__ import annotations

from typing import Any

from jaxdl.bench.report import duration

CHINESE = {
    "jax scan over layers": "jax，对层 scan",
    "jax scan over steps": "jax，对步 scan",
    "jax nnx split and merge": "jax nnx，先 split 再 merge",
}


def table(document: dict[str, Any], chinese: bool = False) -> list[str]:
    """Each way's median of a step by the number of layers; a further layer; compilation."""
    depths = {depth["layers"]: _by_way(depth) for depth in document["depths"]}
    layers = sorted(depths)
    heads = ["", *(f"{n:,}" for n in layers), "a further layer", "compilation"]
    if chinese:
        heads[-2:] = ["每多一层", "编译"]
    rows = [f"| {' | '.join(heads)} |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    for way in dict.fromkeys(way for found in depths.values() for way in found):
        found = {n: depths[n][way] for n in layers if way in depths[n]}
        cells = [CHINESE.get(way, way) if chinese else way]
        cells += [duration(_step(found[n])) if n in found else "" for n in layers]
        cells += [_further(found), duration(found[max(found)]["compile_s"])]
        rows.append(f"| {' | '.join(cells)} |")
    return rows


def _by_way(depth: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {record["function"]: record for record in depth["records"]}


def _step(record: dict[str, Any]) -> float:
    return record["step_s"]["median"]


def _further(found: dict[int, dict[str, Any]]) -> str:
    """What a layer more costs, of the two deepest nets: nothing where quartiles overlap."""
    if len(found) < 2:
        return ""
    fewer, more = sorted(found)[-2:]
    if found[more]["step_s"]["q1"] <= found[fewer]["step_s"]["q3"]:
        return "~0"
    return duration((_step(found[more]) - _step(found[fewer])) / (more - fewer))
