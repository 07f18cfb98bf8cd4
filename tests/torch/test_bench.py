"""The benchmark's PyTorch arms: they take the steps of the JAX arms. No time is judged."""

import pytest

from jaxdl.bench import arms, record, runner
from jaxdl.course import bench, find

SHORT = runner.Setting(threads=1, blocks=2, block_seconds=0.001)


@pytest.fixture(autouse=True)
def _settings_of_its_own(monkeypatch):
    """An arm sets PyTorch up for its process, which is here the tests'."""
    monkeypatch.setattr("torch.backends.cudnn.allow_tf32", True)


@pytest.mark.parametrize("lesson", ["l03", "l09"])
def test_pytorch_and_jax_take_the_same_steps(lesson):
    (case,) = bench.cases(find(lesson))
    found = runner.measure(case, ["torch-eager", "jax-scan"], SHORT)
    eager, scan = record.records(case, SHORT, found, {})
    assert eager["batch_size"] == scan["batch_size"]
    assert scan["agrees"]
    assert scan["against"] == "torch-eager"


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
