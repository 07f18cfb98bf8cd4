"""Tables of what is not measured yet: the overhead's, of its own document, the accelerator's."""

import json

from benchmarks import overhead as benchmark
from jaxdl.bench.result import Result
from tests.bench.made_up import record
from tools import overhead, results

PAGE = "before\n<!-- overhead -->\nas it was\n<!-- end -->\nafter\n"


def document(**ways):
    """Ways -> microseconds of a step with 1, 10 and 30 layers, None where a way cannot run."""
    made = benchmark.begun((1, 10, 30), 15)
    for place, layers in enumerate((1, 10, 30)):
        rows = []
        for way, times in ways.items():
            if times[place] is not None:
                call = times[place] * 1e-6 * benchmark.STEPS
                call_s = {"median": call, "q1": call * 0.9, "q3": call * 1.1, "n": 15}
                row = {"function": way.replace("_", " "), "arm": "jax-eager", "call_s": call_s}
                rows.append(row | {"compile_s": layers * 0.1})
        made["depths"].append(benchmark.depth(layers, Result({"records": rows})))
    return json.loads(json.dumps(made))


def test_a_row_a_way_and_a_column_a_depth():
    found = document(torch_eager=(20, 110, 310), jax_scan_over_layers=(5, 5, 5.1))
    heads, _, *rows = overhead.table(found)
    assert heads == "|  | 1 | 10 | 30 | a further layer | compilation |"
    assert rows == [
        "| torch eager | 20 µs | 110 µs | 310 µs | 10 µs | 3 s |",
        "| jax scan over layers | 5 µs | 5 µs | 5.1 µs | ~0 | 3 s |",
    ]
    assert "| jax，对层 scan | 5 µs |" in overhead.table(found, chinese=True)[-1]


def test_what_could_not_run_at_a_depth_is_an_empty_cell():
    found = document(torch_eager=(20, 110, 310), torch_compile=(None, 50, None))
    assert overhead.table(found)[-1] == "| torch compile |  | 50 µs |  |  | 1 s |"


def test_a_page_says_nothing_where_nothing_was_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "__file__", str(tmp_path / "tools" / "results.py"))
    page = tmp_path / "benchmark.md"
    empty = results.with_results(PAGE, page)
    assert empty == "before\n<!-- overhead -->\n<!-- end -->\nafter\n"
    folder = tmp_path / "benchmarks" / "results"
    folder.mkdir(parents=True)
    (folder / "overhead.json").write_text(json.dumps(document(jax_jit=(1, 2, 4))), "utf-8")
    filled = results.with_results(empty, page)
    assert "| jax jit | 1 µs | 2 µs | 4 µs | 0.1 µs | 3 s |\n<!-- end -->\nafter\n" in filled
    assert "每多一层" in results.with_results(filled, tmp_path / "benchmark.zh.md")


def test_the_accelerator_s_table_is_empty_without_a_result(tmp_path):
    assert results.TABLES["accelerator"](tmp_path, False) == []
    (tmp_path / "gpu").mkdir()
    records = [record(arm, device="A100") for arm in ("torch-eager", "jax-scan")]
    found = {"records": records, "left_out": [], "failed": []}
    (tmp_path / "gpu" / "lessons.json").write_text(json.dumps(found), "utf-8")
    english, chinese = (results.TABLES["accelerator"](tmp_path, each) for each in (False, True))
    assert english[2:] == chinese[2:]
    assert english[-1].startswith("| l09 | torch-eager | 2 [1.9–2.2] ms | jax-scan |")


def test_the_command_is_told_as_it_can_be_typed():
    assert benchmark.begun((1, 3), 2)["command"] == "python -m benchmarks.overhead 1 3 --blocks 2"
