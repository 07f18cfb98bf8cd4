"""What is read off the records, on records with made-up numbers."""

import pytest

from jaxdl.bench import report
from tests.bench.made_up import record, whole

BARS = {"l09": 1.3, "l10": 1.5, "l11": 1.2, "l13": 1.3}


@pytest.mark.parametrize(
    ("ours", "theirs", "steps"),
    [
        ((0.75, 0.25), (0.0, 0.5), 3),  # 0.75 s of compilation, 0.25 s won a step
        ((1.0, 0.25), (0.25, 0.5), 3),
        ((0.8, 0.25), (0.0, 0.5), 4),  # the step in which it is paid is a whole one
        ((0.25, 0.25), (0.75, 0.5), 0),
        ((0.75, 0.5), (0.0, 0.5), None),
        ((0.0, 0.75), (0.5, 0.5), None),
    ],
)
def test_break_even(ours, theirs, steps):
    a, b = (record(median=step_s, compile_s=cost) for cost, step_s in (ours, theirs))
    assert report.break_even(a, b) == steps


def test_the_best_arms_that_agree_are_compared():
    records = [
        record("torch-eager", 0.004),
        record("torch-compile", 0.003),
        record("jax-eager", 0.100),
        record("jax-jit", 0.002),
        record("jax-scan", 0.001, agrees=False),
    ]
    ((_, arms),) = report.grouped(records).items()
    assert report.ratio(arms) == pytest.approx(1.5)
    del arms["jax-jit"], arms["jax-eager"]
    assert report.ratio(arms) is None


def test_the_newest_record_counts():
    old, new = record(median=0.001), record(median=0.003, date="2026-02-01T00:00:00+00:00")
    ((_, arms),) = report.grouped([new, old]).items()
    assert arms["torch-eager"]["step_s"]["median"] == 0.003


def test_other_machines_are_not_mixed():
    assert len(report.grouped([record(), record("jax-jit", threads=1)])) == 2
    assert len(report.grouped([record(), record("jax-jit", machine={"cpu": "another"})])) == 2


def test_table():
    records = [
        record("torch-eager", 0.0030),
        record("jax-scan", 0.0020, compile_s=0.9995, peak_memory_bytes=250_000_000),
        record("jax-flax-scan", 0.0040),
        record("torch-eager", 0.0026, title="l11 resnet"),
        record("jax-jit", 0.0026, title="l11 resnet"),
        record("torch-eager", 0.0026, title="l13 batch_size=16"),
        record("jax-jit", 0.0013, title="l13 batch_size=16"),
        record("torch-eager", 0.0026, title="l10 data=mnist"),
    ]
    _, _, *rows = report.table(records, BARS).splitlines()
    cells = [[cell.strip() for cell in row.strip("|").split("|")] for row in rows]
    assert cells == [
        [
            *("l09", "torch-eager", "3 [2.85–3.3] ms", "jax-scan", "2 [1.9–2.2] ms"),
            *("1.50", "1.3 reached", "after 1,000 steps", "1.25", "4 ms"),
        ],
        ["l10 data=mnist", "torch-eager", "2.6 [2.47–2.86] ms", "", "", "", "1.5", "", "", ""],
        [
            *("l11 resnet", "torch-eager", "2.6 [2.47–2.86] ms", "jax-jit", "2.6 [2.47–2.86] ms"),
            *("1.00", "1.2 missed", "never", "1.00", ""),
        ],
        [
            *("l13 batch_size=16", "torch-eager", "2.6 [2.47–2.86] ms"),
            *("jax-jit", "1.3 [1.23–1.43] ms", "2.00", "", "at once", "1.00", ""),
        ],
    ]


@pytest.mark.parametrize(
    ("second", "cells"), [(None, ("–", "–")), (4.5, ("4.5 [4.5–4.5] s", "2.00"))]
)
def test_whole_runs(second, cells):
    ours = whole("functional", 2.0, 6.0, second)
    *_, row = report.whole_table([whole("imperative", 6.0, 9.0), ours]).splitlines()
    assert [cell.strip() for cell in row.strip("|").split("|")] == [
        *("l09", "10", "6 [6–6] s", "2 [2–2] s", "3.00", "9 [9–9] s", "6 [6–6] s", "1.50"),
        *cells,
    ]


def test_report_writes_its_files(tmp_path):
    records = [
        record(arm, median * size, title=f"l13 batch_size={size}")
        for size in (16, 64)
        for arm, median in (("torch-eager", 0.002), ("jax-jit", 0.001))
    ]
    records += [record("torch-eager"), record("jax-scan", 0.001), whole("functional", 1.0, 2.0)]
    paths = report.write(records, tmp_path, BARS)
    assert [path.name for path in paths] == ["report.md", "steps.png", "l13-batch_size.png"]
    assert report.table(records, BARS) in paths[0].read_text("utf-8")
    assert all(path.stat().st_size > 0 for path in paths)
