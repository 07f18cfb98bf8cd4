"""A lesson folder in a package of its own is run, compared and measured; nothing else is edited."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from jaxdl._environment import usable_cores
from jaxdl.cli import exit_code
from jaxdl.course import golden, registry
from tests import course

FOLDER = Path(course.__file__).parent / "strangers" / "l42_cubic"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """The course copied into a temporary package, which is the one that is looked at."""
    home = tmp_path / "strangers_course"
    shutil.copytree(FOLDER, home / FOLDER.name, ignore=shutil.ignore_patterns("__pycache__"))
    (home / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr(registry, "PACKAGES", (home.name,))
    yield home
    for name in [name for name in sys.modules if name.startswith(home.name)]:
        del sys.modules[name]


def document(capsys, *arguments):
    assert exit_code([*arguments, "--json", "-"]) == 0
    return json.loads(capsys.readouterr().out)


def test_one_folder_is_all_that_a_new_lesson_takes(package, capsys):
    (listed,) = document(capsys, "list")["lessons"]
    assert (listed["lesson"], listed["golden"]) == ("l42", False)

    ran = document(capsys, "run", "l42", "--passes", "2", "--rate", "0.02", "--like-torch")
    assert ran["steps"] == 10  # forty examples in eights, twice

    (lesson,) = registry.lessons()
    assert golden.generate(lesson)["path"] == package / FOLDER.name / "golden.safetensors"
    assert exit_code(["golden", "verify", "--torch", "l42"]) == 0
    assert "l42: good" in capsys.readouterr().out
    for more in (
        ["--precision", "float64"],
        ["--against", "torch"],
        ["--against", "torch", "--size", "7"],
    ):
        compared = document(capsys, "compare", "l42", *more)
        assert compared["agree"]
        assert compared["steps"] == (24 if "7" in more else 20)
        assert set(compared["gradient_error"]) == {"powers.weight", "powers.bias", "scale"}

    arms = "torch-eager,jax-jit,jax-scan,jax-sharded"
    quick = ["--threads", str(len(usable_cores())), "--blocks", "2", "--block-seconds", "0.001"]
    assert exit_code(["bench", "all", "--arms", arms, *quick]) == 0
    told = capsys.readouterr().out
    assert all(f"\n{arm} " in told for arm in arms.split(","))
    assert "NO:" not in told


def test_a_wrong_port_is_told(package, capsys):
    program = package / FOLDER.name / "functional.py"
    program.write_text(
        program.read_text().replace("optim.rmsprop(rate)", "optim.rmsprop(rate, alpha=0.9)")
    )
    assert exit_code(["compare", "l42", "--against", "torch"]) == 1
    told = capsys.readouterr().out
    assert "gradient" in told
    assert "DISAGREE" in told
