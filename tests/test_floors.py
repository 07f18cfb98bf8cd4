"""The architecture: who may import whom, and what is never imported."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = [
    {"errors", "plots", "_files", "_tree", "_environment"},
    {"_torch"},
    {"data", "replay", "ops"},
    {"nn", "optim"},
    {"train"},
    {"parity", "autograd"},
    {"bench"},
    {"lessons", "history"},  # jaxdl.lessons is the registry of the course
    {"cli"},
]
FLOOR = {name: height for height, names in enumerate(FLOORS) for name in names}
MAY_IMPORT_TORCH = {"parity", "bench", "_torch"}
MODULES = sorted((ROOT / "jaxdl").rglob("*.py"))


def runtime_imports(path):
    """Every module that a file imports when it runs, at any depth of the code."""
    tree = ast.parse(path.read_text("utf-8"))
    types_only = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    skipped = {id(inner) for node in types_only for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path):
    own = path.relative_to(ROOT / "jaxdl").parts[0].removesuffix(".py")
    if own == "__init__":
        assert list(runtime_imports(path)) == []
        return
    for name in runtime_imports(path):
        parts = name.split(".")
        if parts[0] == "jaxdl" and len(parts) > 1 and parts[1] in FLOOR:
            assert FLOOR[parts[1]] < FLOOR[own] or parts[1] == own, f"{own} imports {name}"
        assert parts[0] != "tensorflow"
        assert parts[0] != "torch" or own in MAY_IMPORT_TORCH, f"{own} imports torch"
        assert parts[0] != "lessons" or own in {"lessons"}, f"{own} imports {name}"


def loaded_by(code):
    """The top-level modules in memory after `code` ran in a fresh interpreter."""
    program = (
        f"import sys\n{code}\nprint(*sorted({{name.partition('.')[0] for name in sys.modules}}))"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(run.stdout.splitlines()[-1].split())


def test_import_jaxdl_loads_nothing_heavy():
    heavy = {
        "jax",
        "flax",
        "optax",
        "numpy",
        "sklearn",
        "matplotlib",
        "torch",
        "tensorflow",
        "rich",
    }
    assert loaded_by("import jaxdl") & heavy == set()


def test_list_loads_neither_framework_nor_numpy():
    heavy = {"jax", "flax", "optax", "numpy", "sklearn", "matplotlib", "torch", "tensorflow"}
    assert loaded_by("from jaxdl.cli import exit_code; exit_code(['list'])") & heavy == set()


def test_a_run_and_a_comparison_load_neither_torch_nor_tensorflow():
    code = """
from jaxdl.cli import exit_code
assert exit_code(['run', 'l04', '--epochs', '2', '--like-torch']) == 0
assert exit_code(['compare', 'l04']) == 0
"""
    assert loaded_by(code) & {"torch", "tensorflow"} == set()
