"""The benchmark's PyTorch arms: they take the steps of the JAX arms. No time is judged."""

import json
from itertools import cycle, islice

import pytest

from jaxdl.bench import arms, record, runner, whole
from jaxdl.bench.arms import torch as torch_arms
from jaxdl.course import bench, find

SHORT = runner.Setting(threads=1, blocks=2, block_seconds=0.001)


@pytest.fixture(autouse=True)
def _settings_of_its_own(monkeypatch):
    """An arm sets PyTorch up for its process, which is here the tests'."""
    monkeypatch.setattr("torch.backends.cudnn.allow_tf32", True)


def test_pytorch_and_jax_take_the_same_steps():
    (case,) = bench.cases(find("l09"))
    found = runner.measure(case, ["torch-eager", "jax-scan"], SHORT)
    eager, scan = record.records(case, SHORT, found, {})
    assert eager["batch_size"] == scan["batch_size"]
    assert scan["agrees"]
    assert scan["against"] == "torch-eager"


def test_a_whole_run_and_its_second_start():
    (case,) = bench.cases(find("l03"), epochs=2)
    told = []
    theirs, ours = whole.measure(case, SHORT, 2, {}, told.append)
    assert [line.split(", ")[1] for line in told[:3]] == list(whole.STARTS)
    assert ours["agrees"]
    assert ours["epochs"] == theirs["epochs"] == 2
    assert {name for name in ours if name not in theirs} == set(record.SECOND)


def test_restarting_takes_an_optimizer_s_memory_away():
    (case,) = bench.cases(find("l12"), "cell")
    arm = arms.build("torch-eager", case, "float32", 1)
    first = arm.run(5).tolist()
    assert first[0] > first[-1]
    arm.restart()
    assert arm.run(5).tolist() == first


@pytest.mark.parametrize(
    ("lesson", "net", "fields"),
    [
        ("l03", "", {}),  # its own step has its gradient from paper
        ("l04", "parabola", {}),  # and this one its update in the step
        ("l05", "", {"optimizer": "lbfgs", "learning_rate": 0.001}),
        ("l15", "", {"examples": 640}),  # a schedule
    ],
)
def test_the_step_around_a_compiled_loss_is_the_program_s_own(monkeypatch, lesson, net, fields):
    monkeypatch.setattr("torch.compile", lambda function, **_: function)  # minutes, and not ours
    (case,) = bench.cases(find(lesson), net, **fields)
    eager, compiled = (
        arms.build(name, case, "float64", 1, mode).run(6)
        for name, mode in (("torch-eager", ""), ("torch-compile", "default"))
    )
    assert max(record.loss_errors(compiled.tolist(), eager.tolist())) < 1e-12


def test_a_recorded_loss_takes_the_program_s_own_steps():
    """With a recorder that records nothing: a GPU alone has one."""
    (case,) = bench.cases(find("l09"))
    eager, recorded = case.torch_work("float64"), case.torch_work("float64")
    asked = []

    def record_nothing(module, example, allow_unused_input):
        asked.append({name for name, _ in module.named_parameters()})
        assert [column.shape for column in example] == [c.shape for c in recorded.batches[0]]
        return module

    step = torch_arms.step_around(recorded, torch_arms.graphed(recorded, record_nothing))
    losses = [
        [take(batch) for batch in islice(cycle(work.batches), 4)]
        for take, work in ((eager.step, eager), (step, recorded))
    ]
    assert losses[0] == losses[1]
    assert asked == [{f"model.{name}" for name, _ in recorded.model.named_parameters()}]


def test_cuda_graphs_are_refused_on_a_cpu():
    (case,) = bench.cases(find("l03"))
    with pytest.raises(arms.Unavailable, match="need a GPU"):
        arms.build("torch-graph", case, "float32", 1, "make_graphed_callables")


def test_a_trace_shows_the_operations(tmp_path):
    (case,) = bench.cases(find("l05"))
    arm = arms.build("torch-eager", case, "float32", 1)
    assert arm.tracing is not None
    with arm.tracing(str(tmp_path)):
        arm.run(2)
    events = json.loads((tmp_path / "torch.pt.trace.json").read_text("utf-8"))["traceEvents"]
    assert sum(event.get("name") == "aten::mse_loss" for event in events) == 2
