"""Every test runs under JAX's strictest settings: nothing is promoted or broadcast by accident."""

import gc
import math
import os
import re
import sys
from pathlib import Path

# Each worker keeps to its own cores: two programs that both want all of them wait for each other.
# Before JAX and PyTorch count the cores.
if "PYTEST_XDIST_WORKER" in os.environ and hasattr(os, "sched_setaffinity"):
    index = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    count = int(os.environ["PYTEST_XDIST_WORKER_COUNT"])
    if cores := sorted(os.sched_getaffinity(0))[index::count]:
        os.sched_setaffinity(0, cores)

import jax
import pytest
from hypothesis import settings
from jax.experimental.compilation_cache import compilation_cache

from tests import cache
from tests.browser import found

jax.config.update("jax_numpy_dtype_promotion", "strict")
jax.config.update("jax_numpy_rank_promotion", "raise")
jax.config.update("jax_default_matmul_precision", "highest")
jax.config.update("jax_num_cpu_devices", 2)  # for what shares a batch among devices

os.environ["JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS"] = "0"

# The session's folder; the workers are told of it.
if "PYTEST_XDIST_WORKER" not in os.environ:
    os.environ["JAXDL_TEST_SESSION"] = str(cache.take())
CACHE = Path(os.environ["JAXDL_TEST_SESSION"])
sys.dont_write_bytecode = False  # of the tests, too, whose asserts are rewritten
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
# What test modules compute when they are imported: in each worker.
worker = os.environ.get("PYTEST_XDIST_WORKER", "")
jax.config.update("jax_compilation_cache_dir", str(CACHE / f"imports{worker}"))
gc.set_threshold(100_000, 20, 100)  # tracing makes many small objects that live

# What this machine's user has prepared stays out of the tests.
os.environ["TFDS_DATA_DIR"] = str(CACHE / "nothing-prepared")

HERE = Path(__file__).parent

settings.register_profile("deterministic", derandomize=True, deadline=None)
settings.load_profile("deterministic")


def group_of(item):
    """The test's own group; else "l10" where its name says so; else its file."""
    if marker := item.get_closest_marker("xdist_group"):
        return marker.args[0]
    found = re.search(r"(?<![a-z])l\d\d(?!\d)", item.nodeid.rpartition("/")[2])
    return found[0] if found else ".".join(item.path.relative_to(HERE).with_suffix("").parts)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """A group's tests share what they compile: `--dist loadgroup` gives them to one worker.

    The lessons come first, the last of them foremost: they take longest, and no worker is then left
    with one at the end.
    """
    for item in items:
        item.add_marker(pytest.mark.xdist_group(group_of(item)))

    def place(item):  # what belongs to no lesson stays as it was collected
        found = re.fullmatch(r"l(\d\d)", group_of(item))
        return -int(found[1]) if found else 0

    items.sort(key=place)


def pytest_terminal_summary(terminalreporter, config):
    """One line where the tests that want a browser were asked for and could not run."""
    asked = any("browser" in str(argument) for argument in config.args)
    if asked and found.MISSING and not found.CI:
        terminalreporter.write_line(found.HOW, yellow=True)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Before any fixture: what is compiled from here on is kept with the group's."""
    folder = str(CACHE / group_of(item))
    os.environ["JAX_COMPILATION_CACHE_DIR"] = f"{folder}-processes"  # of those that it starts
    if jax.config.values["jax_compilation_cache_dir"] != folder:
        gc.freeze()  # what is there stays: Python's collector looks through it no more
        compilation_cache.reset_cache()
        jax.config.update("jax_compilation_cache_dir", folder)


@pytest.fixture(autouse=True)
def _own_cache(monkeypatch, tmp_path_factory):
    """What the command line keeps it keeps in a folder of the tests, not in the user's."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path_factory.getbasetemp() / "state"))


@pytest.fixture(autouse=True)
def _no_kept_programs(monkeypatch):
    """What a test has a lesson compute, by a patch, say, no other test's run takes for its own."""
    monkeypatch.setattr("jaxdl.course.programs.FOLDER", None)


@pytest.fixture(autouse=True)
def _no_progress(monkeypatch):
    """A line of progress comes after five seconds: on a busy machine, in any test."""
    monkeypatch.setattr("jaxdl.cli.progress.LINE_EVERY", math.inf)
