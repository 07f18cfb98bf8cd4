"""Where in the user's program an equation came from, and in which functions."""

from __future__ import annotations

import linecache
import sysconfig
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import flax
import jax
import optax

from jaxdl.autograd.graph import Place

_OWN = Path(__file__).resolve().parent
_JAX = Path(jax.__file__).resolve().parent
_STANDARD = Path(sysconfig.get_path("stdlib")).resolve()
_LIBRARIES = (*(Path(str(m.__file__)).resolve().parent for m in (flax, optax)), _OWN.parent)


@cache
def _origin(file: str) -> str:
    """Whose a file is: "own" (of this package), "machine" (JAX, Python), "library" or "user"."""
    if file.startswith("<frozen"):
        return "machine"
    path = Path(file).resolve()
    if path.is_relative_to(_OWN):
        return "own"
    if path.is_relative_to(_JAX):
        return "machine"
    if any(path.is_relative_to(library) for library in _LIBRARIES):
        return "library"
    packages = "site-packages" in path.parts or "dist-packages" in path.parts
    return "machine" if path.is_relative_to(_STANDARD) and not packages else "user"


@cache
def _role(code: Any) -> str:
    """A function's origin; "trace" of the one in JAX inside of which a function is traced."""
    origin = _origin(code.co_filename)
    traces = origin == "machine" and code.co_name.startswith("trace_to_jaxpr")
    return "trace" if traces else origin


def _frames(traceback: Any) -> list[tuple[Any, int]]:
    """The frames that are not JAX's or Python's, from inside to outside: (code, instruction).

    No further than to where JAX began to trace the function: it keeps what is inside of a `jit`,
    and what is outside of it then may have been another call.
    """
    found: list[tuple[Any, int]] = []
    for code, at in zip(*traceback.raw_frames(), strict=True) if traceback else ():
        role = _role(code)
        if role in ("own", "trace"):
            break
        if role != "machine":
            found.append((code, at))
    return found


def place(tracebacks: Iterable[Any]) -> Place | None:
    """The line of the user's program: the innermost that is no library's; else a library's.

    Args:
        tracebacks: of the equation, of the `jit` around it, and so on to the outermost.
    """
    library = None
    for traceback in tracebacks:
        for code, at in _frames(traceback):
            if _role(code) == "user":
                return _line(traceback, code, at)
            library = library or (traceback, code, at)
    return _line(*library) if library else None


def _line(traceback: Any, code: Any, at: int) -> Place:
    line = type(traceback).code_addr2line(code, at)
    text = linecache.getline(code.co_filename, line).strip()
    return Place(code.co_filename, line, code.co_name, text)


def functions(traceback: Any) -> tuple[str, ...]:
    """The functions in which the line stands, from outside to inside; of a layer, its class."""
    return tuple(_name(code) for code, _ in reversed(_frames(traceback)))


@cache
def _name(code: Any) -> str:
    name = code.co_qualname.rpartition("<locals>.")[2]
    return name.removesuffix(".__call__").rpartition(".")[2]
