"""A run's compiled programs are kept, and the same run in a later process traces nothing."""

from __future__ import annotations

import ast
import hashlib
import sys
import sysconfig
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from importlib.util import resolve_name
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxdl.course.registry import Lesson

FOLDER: str | None = "programs"
"""In that of XLA's own cache; None: nothing is kept."""


def kept_programs(lesson: Lesson, config: Any) -> AbstractContextManager[None]:
    """Inside, what a run compiles is kept, or taken from what an earlier process kept.

    It lies beside what XLA's own cache keeps (`jaxdl.train.kept_executables`), and is found by
    lesson, Config and all sources that can decide what is computed. Where JAX keeps nothing, or not
    in a folder, neither does this.
    """
    import jax

    from jaxdl.train import kept_executables

    folder = jax.config.values["jax_compilation_cache_dir"]
    keeps = jax.config.values["jax_enable_compilation_cache"]
    if not folder or not keeps or not FOLDER or "://" in folder:
        return nullcontext()
    key = f"{lesson.name} {config} {_sources(lesson.folder, lesson.package)}"
    return kept_executables(Path(folder) / FOLDER, key)


@cache
def _sources(folder: Path, package: str) -> str:
    """A hash of the library, of a lesson's folder, and of what these files import.

    Of an installed package it is the version that counts; of any other module, one that stands
    beside the lesson, say, its source file and what that imports.
    """
    digest, seen = hashlib.sha256(), set()
    library = sorted(Path(__file__).parents[1].rglob("*.py"))
    for file in library:
        digest.update(file.read_bytes())
    left = [(file, _package(file, folder, package)) for file in sorted(folder.rglob("*.py"))]
    seen.update(library, (file for file, _ in left))
    while left:
        file, package = left.pop()
        source = file.read_bytes()
        digest.update(source)
        for module in sorted(_imported(source, package) & sys.modules.keys()):
            found = sys.modules[module]
            digest.update(f"{module} {getattr(found, '__version__', '')}".encode())
            own = _own_source(found)
            if own and own not in seen:
                seen.add(own)
                left.append((own, found.__package__ or ""))
    return digest.hexdigest()


def _package(file: Path, folder: Path, package: str) -> str:
    """Of a file in a lesson's folder."""
    return ".".join((package, *file.relative_to(folder).parts[:-1]))


def _imported(source: bytes, package: str) -> set[str]:
    """The modules that a file names in its imports, and what may be one."""
    names: set[str] = set()
    try:
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                name = resolve_name("." * node.level + (node.module or ""), package)
                names |= {name, *(f"{name}.{alias.name}" for alias in node.names)}
    except (SyntaxError, ImportError):  # a file with gaps, which no run imports
        pass
    return names


def _own_source(module: Any) -> Path | None:
    """The file of a module that neither Python nor an installed package brought."""
    path = getattr(module, "__file__", None)
    brought = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    if not path or any(Path(path).is_relative_to(folder) for folder in brought):
        return None
    return Path(path)
