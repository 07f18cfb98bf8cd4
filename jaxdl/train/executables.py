"""Compiled programs as files, which a later process runs without tracing.

XLA's own cache (`jax_compilation_cache_dir`) spares the compiler, not what comes before it: Python
has to trace a function and lower it to know what to look for. What is kept here is found by what
decides it, and nothing is traced.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import jax
import jax.core
from jax.experimental import serialize_executable

from jaxdl import ops
from jaxdl._environment import processor, versions
from jaxdl._files import replacing

PACKAGES = ("jax", "jaxlib", "flax", "optax", "numpy", "jaxdl-course")
UNUSED_DAYS = 30
"""A file that no process has taken for so long goes when another one is written."""
NO_MATTER = ("cache", "_log")
"""In the names of settings that change no program."""
LOADED = "/jaxdl/executable_loaded"
"""The event of `jax.monitoring`, with the seconds that it took."""


@dataclass
class _Kept:
    folder: Path
    key: str
    seen: dict[str, list[Any]] = field(default_factory=dict)
    loaded: dict[str, Any] = field(default_factory=dict)

    def name(self, function: Any, given: dict[str, Any], static: dict[str, Any]) -> str:
        """Of a file: the hash of all that decides what the program computes."""
        leaves, tree = jax.tree.flatten(given)
        told = {name: self.told(value) for name, value in static.items()}
        shape = _named(str(tree))
        words = (self.key, function.__name__, told, shape, [*map(_described, leaves)])
        return hashlib.sha256(repr((words, _surroundings())).encode()).hexdigest()[:32]

    def told(self, value: Any) -> tuple[str, int]:
        """What a static argument is called, and which it is of those so called: the first is 0."""
        called = _named(repr(value))
        alike = self.seen.setdefault(called, [])
        if value not in alike:
            alike.append(value)
        return called, alike.index(value)


_kept: ContextVar[_Kept | None] = ContextVar("kept", default=None)


@contextmanager
def kept_executables(folder: str | os.PathLike[str], key: str) -> Iterator[None]:
    """Inside, `fit`, `logits` and `accuracy` keep what they compile in a folder.

    A later process that comes to the same place with the same key, shapes, versions, settings of
    JAX, devices and processor runs it without tracing anything. A file that is damaged is made
    anew; where none can be written, or a program cannot be (one that calls Python, one that XLA's
    own cache had), it is compiled as ever. Several processes of one run keep nothing.

    Args:
        folder: of the files, for this user alone to write into: to load one is to run it.
        key: whatever else decides what is computed: the sources of the step and of what it calls,
            their arguments, what they close over, and the order in which they are handed over. That
            nothing of this differs under one key is the caller's promise.
    """
    token = _kept.set(_Kept(Path(folder), key))
    try:
        yield
    finally:
        _kept.reset(token)


def call(function: Any, given: dict[str, Any], **static: Any) -> Any:
    """`function(**given, **static)`, from a file where `kept_executables` has one.

    Args:
        function: jitted.
        given: pytrees of arrays, by the parameters' names.
        static: its static arguments: callables, and what their `repr` says all of.
    """
    kept = _kept.get()
    traced = any(isinstance(leaf, jax.core.Tracer) for leaf in jax.tree.leaves(given))
    if kept is None or traced or _watched() or jax.process_count() > 1:
        return function(**given, **static)
    name = kept.name(function, given, static)
    if name not in kept.loaded:
        file = kept.folder / name
        kept.loaded[name] = _read(file, given) or _made(file, function, given, static)
    return kept.loaded[name](**given)


def _read(file: Path, given: dict[str, Any]) -> Any:
    """The program of a file; None where there is none that is whole."""
    start = time.perf_counter()
    try:
        whole = file.read_bytes()
        if hashlib.sha256(whole[32:]).digest() != whole[:32]:
            return None
        content, out_tree, numbers = pickle.loads(whole[32:])
        os.utime(file)
        here = {device.id: device for device in jax.devices()}
        loaded = serialize_executable.deserialize_and_load(
            content,
            jax.tree.structure(((), given)),
            out_tree,
            execution_devices=[here[number] for number in numbers],
        )
    except Exception:  # whatever is wrong with it: it can be compiled
        return None
    jax.monitoring.record_event_duration_secs(LOADED, time.perf_counter() - start)
    return loaded


def _made(file: Path, function: Any, given: dict[str, Any], static: dict[str, Any]) -> Any:
    """The program, compiled and, where that can be, written.

    What comes out of XLA's own cache cannot: on a CPU it would lack its machine code.
    """
    hits = len(_hits())
    compiled = function.lower(**given, **static).compile()
    if len(_hits()) > hits:
        return compiled
    try:  # what cannot be written: a program that sorts, on a CPU, or one that calls Python
        content, _, out_tree = serialize_executable.serialize(compiled)
        numbers = [device.id for device in compiled.runtime_executable().local_devices()]
        whole = pickle.dumps((content, out_tree, numbers))
        file.parent.mkdir(parents=True, exist_ok=True)
        for old in file.parent.iterdir():
            if old.stat().st_mtime < time.time() - UNUSED_DAYS * 24 * 3600:
                old.unlink(missing_ok=True)
        with replacing(file) as part:
            part.write_bytes(hashlib.sha256(whole).digest() + whole)
    except Exception:  # or the folder takes no file
        pass
    return compiled


@cache
def _hits() -> list[str]:
    """An entry for each program that XLA's own cache had since the first call."""
    found: list[str] = []

    def listen(event: str, **_: Any) -> None:
        if event == "/jax/compilation_cache/cache_hits":
            found.append(event)

    jax.monitoring.register_event_listener(listen)
    return found


def _watched() -> bool:
    """Whether JAX is to look at each operation's result, which it does not do in what is kept."""
    names = ("jax_debug_nans", "jax_debug_infs", "jax_disable_jit")
    return any(getattr(jax.config, name) for name in names)


def _named(text: str) -> str:
    """Without the addresses, which are others in every process."""
    return re.sub(r" at 0x[0-9a-f]+", "", text)


def _described(leaf: Any) -> str:
    """What of an array decides a program: its type, and where it lies."""
    return f"{jax.typeof(leaf)} {getattr(leaf, 'sharding', '')}"


def _surroundings() -> tuple[Any, ...]:
    """What else decides it: settings, devices, versions."""
    settings = {
        name: getattr(jax.config, name, value)  # what holds in this thread, where it has its own
        for name, value in sorted(jax.config.values.items())
        if not any(word in name for word in NO_MATTER)
    }
    devices = [(device.platform, device.device_kind, device.id) for device in jax.devices()]
    return settings, devices, ops.fast(), _machine()


@cache
def _machine() -> tuple[Any, ...]:
    return versions(*PACKAGES), processor(), os.environ.get("XLA_FLAGS", "")
