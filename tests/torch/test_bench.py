"""The benchmark's PyTorch arms: they take the steps of the JAX arms. No time is judged."""

import pytest

from jaxdl.bench import cases, record, runner
from jaxdl.lessons import find

SHORT = runner.Setting(threads=1, blocks=2, block_seconds=0.001)


@pytest.mark.parametrize("lesson", ["l03", "l09"])
def test_pytorch_and_jax_take_the_same_steps(lesson):
    (case,) = cases.cases(find(lesson))
    found = runner.measure(case, ["torch-eager", "jax-scan"], SHORT)
    eager, scan = record.records(case, SHORT, found, {})
    assert eager["batch_size"] == scan["batch_size"]
    assert scan["agrees"]
    assert scan["against"] == "torch-eager"


def test_restarting_takes_an_optimizer_s_memory_away():
    from jaxdl.bench import arms

    (case,) = cases.cases(find("l12"), "cell")
    arm = arms.build("torch-eager", case, "float32", 1)
    first = arm.run(5).tolist()
    assert first[0] > first[-1]
    arm.restart()
    assert arm.run(5).tolist() == first
