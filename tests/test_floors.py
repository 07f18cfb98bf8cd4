"""The architecture: who may import whom, what is never imported, and where lessons are unknown."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = [
    {"errors"},
    {"_files", "_tree", "_torch", "_optional", "_environment"},
    {"plots"},
    {"replay", "ops", "data"},
    {"nn", "optim", "losses"},
    {"train"},
    {"autograd"},
    {"parity"},  # it reads a JAX program value by value as autograd does
    {"pytest_plugin"},  # read by every pytest, and so apart from what parity imports
    {"bench"},  # it holds its arms to parity's tolerances
    {"course"},
    {"lessons"},
    {"cli"},
    {"benchmarks"},
    {"tools"},  # the pages show what the benchmarks measured
]
FLOOR = {name: height for height, names in enumerate(FLOORS) for name in names}
KNOW_LESSONS = {"course", "lessons", "cli", "tools", "benchmarks"}
FILES = sorted(
    path
    for folder in ("jaxdl", "lessons", "tools", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
)


def module_of(path):
    """The dotted name under which a file is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


MODULES = {module_of(path): path for path in FILES}


def part(module):
    """The part of the house that a module belongs to: jaxdl.train.loop to train."""
    first, *rest = module.split(".")
    if rest[-1:] == ["__main__"] and first != "benchmarks":  # `python -m` of a lesson: a command
        return "cli"
    return rest[0] if first == "jaxdl" and rest else first


def may_import_torch(module):
    return (
        part(module) in {"parity", "autograd", "tools", "benchmarks"}
        or module in {"jaxdl._torch", "jaxdl.course.start"}
        or module.startswith("jaxdl.bench.arms")
        or ".imperative." in f"{module}."
    )


def imports(path):
    """Every module that a file names in an import, at any depth, for its types, too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
            modules = [name for name in names if name in MODULES]
            yield from modules
            if len(modules) < len(names):
                yield node.module


@cache
def imported(module):
    return sorted(set(imports(MODULES[module])))


@pytest.mark.parametrize("module", MODULES)
def test_imports_go_down(module):
    own = part(module)
    if module == "jaxdl":
        assert imported(module) == []
        return
    for name in imported(module):
        root = name.split(".")[0]
        assert root != "tensorflow"
        assert root != "torch" or may_import_torch(module), f"{module} imports torch"
        # The registry finds the lessons by the name of their package; nobody below it does.
        if root in ("jaxdl", "lessons", "tools", "benchmarks") and name != "jaxdl":
            other = part(name)
            assert FLOOR[other] < FLOOR[own] or other == own, f"{module} imports {name}"


def test_no_module_imports_itself_in_a_circle():
    graph = {
        module: {name for name in imported(module) if name in MODULES and name != module}
        for module in MODULES
    }
    # A package's __init__ gathers what is in it, and nothing in it imports the package.
    while free := [module for module, names in graph.items() if not names & graph.keys()]:
        for module in free:
            del graph[module]
    assert graph == {}


@pytest.mark.parametrize("module", [m for m in MODULES if part(m) not in KNOW_LESSONS])
def test_the_library_knows_no_lesson(module):
    text = MODULES[module].read_text("utf-8")
    assert re.findall(r"(?<![a-zA-Z0-9])l\d\d(?!\d)|[Ll]essons? \d+|lessons\.", text) == []


def test_the_benchmark_patches_nothing():
    for path in (ROOT / "jaxdl" / "bench").rglob("*.py"):
        assert re.findall(r"setattr\(|_replaced|\bpatch", path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "package", sorted(m for m, path in MODULES.items() if path.name == "__init__.py" and "." in m)
)
def test_a_package_says_what_is_public(package):
    text = MODULES[package].read_text("utf-8")
    if package.startswith("lessons."):
        return
    tree = ast.parse(text)
    gathers = any(isinstance(node, ast.ImportFrom) for node in tree.body)
    names = [n.id for node in tree.body if isinstance(node, ast.Assign) for n in node.targets]
    assert "__all__" in names or not gathers or package.startswith("jaxdl.cli")


def loaded_by(code):
    """The top-level modules in memory after `code` ran in a fresh interpreter."""
    program = (
        f"import sys\n{code}\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(run.stdout.splitlines()[-1].split())


HEAVY = {"jax", "flax", "optax", "numpy", "sklearn", "matplotlib", "torch", "tensorflow"}


def test_import_jaxdl_loads_nothing_heavy():
    assert loaded_by("import jaxdl") & (HEAVY | {"rich"}) == set()


def test_the_course_and_its_list_load_neither_framework_nor_numpy():
    assert loaded_by("import jaxdl.course, jaxdl.parity, jaxdl.bench") & HEAVY == set()
    assert loaded_by("from jaxdl.cli import exit_code; exit_code(['list'])") & HEAVY == set()


def test_a_run_and_a_comparison_load_neither_torch_nor_tensorflow():
    code = """
from jaxdl.cli import exit_code
assert exit_code(['run', 'l04', '--epochs', '2', '--like-torch']) == 0
assert exit_code(['compare', 'l04']) == 0
"""
    assert loaded_by(code) & {"torch", "tensorflow"} == set()
