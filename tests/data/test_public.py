"""What `jaxdl.data` and its parts offer by name."""

import importlib
import subprocess
import sys
from types import FunctionType

import pytest

from jaxdl import data

PARTS = ["", ".formats", ".sets", ".store", ".store.builders"]


@pytest.mark.parametrize("part", PARTS)
def test_every_public_name_can_be_imported(part):
    for name in importlib.import_module(f"jaxdl.data{part}").__all__:
        exec(f"from jaxdl.data{part} import {name}")


def test_load_is_the_function():
    assert isinstance(data.load, FunctionType)


def test_another_name_is_told():
    with pytest.raises(AttributeError, match=r"'jaxdl\.data' has no attribute 'laod'"):
        data.laod  # noqa: B018 (the look-up is what is tested)


def test_importing_it_imports_nothing_heavy():
    program = "import sys, jaxdl.data; print({'numpy', 'sklearn', 'jax', 'PIL'} & set(sys.modules))"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout == "set()\n"
