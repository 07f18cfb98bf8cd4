"""The pages that step through both autograds, recorded once as long as their sources stay.

`python -m tools.site.recordings [LESSON]…` records what is not there yet. Kept in build/site-cache,
by a key of everything that a recording is made of.
"""

from __future__ import annotations

import ast
import json
import sys
from functools import cache
from hashlib import sha256
from pathlib import Path

from jaxdl._environment import versions
from jaxdl._torch import has_torch
from jaxdl.autograd.page import hazards_page, page
from jaxdl.autograd.recording import Recording
from jaxdl.course import Lesson, find, lessons
from tools.site.places import CACHE, ROOT

STEPS = 2  # training steps on a page: the first, and what it leaves to the next
PACKAGES = ("jaxdl", "lessons")


def made() -> dict[str, Path]:
    """Name -> its page, recorded where it has not been; none without PyTorch."""
    if not has_torch():
        return {}
    found = {lesson.name: recorded(lesson) for lesson in lessons()} | {"hazards": hazards()}
    for old in set(CACHE.glob("*.html")) - set(found.values()):
        old.unlink()
        lines(old).unlink(missing_ok=True)
    return found


def recorded(lesson: Lesson) -> Path:
    """A lesson's page; which lines of its two programs belong together lies beside it."""
    from jaxdl.course.autograd import record_lesson

    sources = [*lesson.folder.rglob("*.py"), ROOT / "jaxdl/course/autograd.py"]
    target = CACHE / f"{lesson.name}-{key(sources)}.html"
    if not (target.is_file() and lines(target).is_file()):
        recording = record_lesson(lesson, steps=STEPS)
        lines(target).write_text(json.dumps(tied_lines(recording)), "utf-8")
        target.write_text(page(recording), "utf-8")
        print(f"{lesson.name}: recorded", flush=True)
    return target


def hazards() -> Path:
    """The programs that go wrong."""
    from jaxdl.autograd.hazards import HAZARDS, as_json

    target = CACHE / f"hazards-{key(sorted((ROOT / 'jaxdl/autograd/hazards').glob('*.*')))}.html"
    if not target.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(hazards_page([as_json(hazard) for hazard in HAZARDS]), "utf-8")
        print("hazards: recorded", flush=True)
    return target


def lines(target: Path) -> Path:
    """Where the lines that belong together lie, of a lesson's page."""
    return target.with_suffix(".lines.json")


def tied_lines(recording: Recording) -> list[list[int]]:
    """Pairs of a line of functional.py and one of imperative.py.

    Two lines belong together if a value that the one computed in the recorded step is a value that
    the other computed: the recording's own ties, which `jaxdl.autograd.ties` finds by the numbers.
    """
    step, found = recording.steps[0], set()
    places = {
        world: {
            node.id: node.place.line
            for node in step.graphs[world].nodes
            if node.place and node.kind == "operation" and node.place.file == name
        }
        for world, name in (("jax", "functional.py"), ("torch", "imperative.py"))
    }
    for theirs, ours, _ in step.ties:
        if ours in places["jax"] and theirs in places["torch"]:
            found.add((places["jax"][ours], places["torch"][theirs]))
    return [list(pair) for pair in sorted(found)]


def key(sources: list[Path]) -> str:
    """Of these files, of all that they import of the project, of the page's own and of versions.

    Of what is imported the comments and docstrings do not count: nobody sees them on the page.
    """
    files = set(sources) | set((ROOT / "jaxdl/autograd/page").glob("*.*"))
    todo = [file for file in files if file.suffix == ".py"]
    while todo:
        new = set(imported(todo.pop())) - files
        files |= new
        todo += new
    told = sha256(json.dumps(versions("jax", "flax", "optax", "numpy", "torch")).encode())
    told.update(str(STEPS).encode())
    for file in sorted(files):
        whole = file in sources or file.suffix != ".py"
        content = file.read_bytes() if whole else bare(file).encode()
        told.update(str(file.relative_to(ROOT)).encode() + b"\0" + content)
    return told.hexdigest()[:16]


@cache
def bare(file: Path) -> str:
    """A module without comments and docstrings."""
    tree = ast.parse(file.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(body := getattr(node, "body", None), list):
            body[:] = [each for each in body if not is_text(each)]
    return ast.dump(tree)


def is_text(node: ast.AST) -> bool:
    """A string that stands by itself."""
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


@cache
def imported(file: Path) -> tuple[Path, ...]:
    """The project's files that a file imports, anywhere in it.

    A name that a package's `__init__` only hands on is looked for where it is made: the other files
    that the `__init__` gathers have nothing to do with it.
    """
    found: list[Path | None] = []
    for node in ast.walk(tree_of(file)):
        if isinstance(node, ast.Import):
            found += [file_of(alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            found += [maker(node.module, alias.name) for alias in node.names]
    return tuple(path for path in found if path)


def maker(module: str, name: str) -> Path | None:
    """The file that makes a name that is imported from a module; None: none of the project's."""
    home = file_of(module)
    if not home or home.name != "__init__.py":
        return home
    if submodule := file_of(f"{module}.{name}"):
        return submodule
    for node in tree_of(home).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if (alias.asname or alias.name) == name:
                    return maker(node.module, alias.name)
    return home


def file_of(module: str) -> Path | None:
    """A module's file, where it is one of the project's."""
    first, *_ = module.split(".")
    place = ROOT.joinpath(*module.split("."))
    both = (place / "__init__.py", place.with_suffix(".py"))
    return next((path for path in both if first in PACKAGES and path.is_file()), None)


@cache
def tree_of(file: Path) -> ast.Module:
    """What is in it."""
    return ast.parse(file.read_text("utf-8"))


if __name__ == "__main__":
    CACHE.mkdir(parents=True, exist_ok=True)
    if sys.argv[1:]:
        for name in sys.argv[1:]:
            print(recorded(find(name)))
    else:
        print(len(made()), "pages")
