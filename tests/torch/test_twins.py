"""Every lesson against its twin, run now; its golden file against the same; its whole README."""

import pytest
import torch

from jaxdl import readme
from jaxdl.lessons import lessons
from jaxdl.parity import golden
from jaxdl.parity.agreement import compare_lesson

LESSONS = [pytest.param(lesson, id=lesson.name) for lesson in lessons()]


@pytest.mark.parametrize("seed", [1, -7, 2**40])
@pytest.mark.parametrize("precision", ["float64", "float32"])
@pytest.mark.parametrize("lesson", LESSONS)
def test_agrees_with_the_twin_for_other_seeds(lesson, precision, seed):
    config = lesson.config(seed=seed)
    found = compare_lesson(lesson, config, precision=precision, against="torch", steps=20)["given"]
    assert found.agree, found.worst


@pytest.mark.parametrize("lesson", LESSONS)
def test_golden_file_is_what_the_twin_computes(lesson):
    assert golden.verify(lesson, torch=True) == []
    assert golden.metadata(lesson)["torch"].partition("+")[0] == torch.__version__.partition("+")[0]


@pytest.mark.parametrize("lesson", [pytest.param(None, id="project"), *LESSONS])
def test_readme(lesson):
    assert readme.stale(lesson, torch=True) == []
