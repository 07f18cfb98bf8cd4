"""What is carried over and what the doctor finds: tables of the committed results."""

from __future__ import annotations

from typing import Any

Entry = dict[str, Any]


def _table(heads: list[str], numbers: int, rows: list[list[str]]) -> list[str]:
    """A table whose last columns are numbers."""
    rule = "|---" * (len(heads) - numbers) + "|---:" * numbers + "|"
    return [f"| {' | '.join(heads)} |", rule, *(f"| {' | '.join(row)} |" for row in rows)]


def _error(error: float | None) -> str:
    return "–" if error is None else "0" if error == 0 else f"{error:.0e}"


def modules(document: Entry, chinese: bool = False) -> list[str]:
    """Each module of PyTorch's database."""
    return _carried(document, "module", chinese)


def optimizers(document: Entry, chinese: bool = False) -> list[str]:
    """Each optimiser of PyTorch's database."""
    return _carried(document, "optimizer", chinese)


def _carried(document: Entry, kind: str, chinese: bool) -> list[str]:
    heads = ["", "configurations", "carried", "largest error"]
    if chinese:
        heads = ["", "配置数", "已移植", "最大误差"]
    rows = [
        [
            f"`{entry['name']}`",
            str(entry["configurations"]),
            str(entry["carried"]),
            _error(entry["largest_error"]),
        ]
        for entry in document["entries"]
        if entry["kind"] == kind
    ]
    return _table(heads, 3, rows)


def beside(document: Entry, chinese: bool = False) -> list[str]:
    """The modules that the database has not: what stands for them, or why nothing does."""
    heads = (
        ["", "没有对应物的原因或对应物"] if chinese else ["", "what stands for it, or why nothing"]
    )
    found = {name: f"`{ours}`" for name, ours in document["beside_the_database"].items()}
    found = {name: ours.replace("`the input itself`", "the input") for name, ours in found.items()}
    rows = [[f"`{name}`", told] for name, told in sorted((found | document["without"]).items())]
    return _table(heads, 0, rows)


def score(document: Entry, chinese: bool = False) -> list[str]:
    """Planted faults and sound pairs, net by net: what the doctor says, and what `allclose`."""
    heads = [
        "net", "planted", "place right", "cause right", "`allclose` sees it",
        "sound", "false alarms", "of `allclose`",
    ]  # fmt: skip
    if chinese:
        heads = [
            "网络", "植入", "位置正确", "原因正确", "`allclose` 发现",
            "正确的移植", "误报", "`allclose` 误报",
        ]  # fmt: skip
    cases = document["cases"]
    rows = [
        [net, *map(str, _counts([case for case in cases if case["net"] == net]))]
        for net in dict.fromkeys(case["net"] for case in cases)
    ]
    rows.append(["合计" if chinese else "all", *map(str, _counts(cases))])
    return _table(heads, 7, rows)


def _counts(cases: list[Entry]) -> list[int]:
    planted = [case for case in cases if case["stage"] != "none"]
    sound = [case for case in cases if case["stage"] == "none"]
    return [
        len(planted),
        sum(case["place_right"] for case in planted),
        sum(case["cause_right"] for case in planted),
        sum(not case["allclose"] for case in planted),
        len(sound),
        sum(case["alarm"] for case in sound),
        sum(not case["allclose"] for case in sound),
    ]


def missed(document: Entry, chinese: bool = False) -> list[str]:
    """The faults whose place or cause the doctor has wrong, and what it says."""
    heads = ["fault", "net", "source", "what the doctor says"]
    if chinese:
        heads = ["错误", "网络", "出处", "诊断"]
    rows = []
    for case in document["cases"]:
        if case["stage"] != "none" and not (case["place_right"] and case["cause_right"]):
            found = case["found"]
            told = f"{found['stage']}, {found['place']}: {found['cause'] or '?'}"
            told = told.replace("|", "\\|")
            rows.append([case["fault"], case["net"], case["source"], told])
    return _table(heads, 0, rows)
