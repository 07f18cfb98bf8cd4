"""Checkpoints that a crash cannot spoil: written whole by Orbax, with a checksum of their own.

Orbax's CheckpointManager keeps a folder a step and the newest of them, and writes each under a
temporary name, so that a process killed in the middle leaves none that looks finished. In it lies
one safetensors file (written through `jaxdl.train.manager`): the state's leaves by name, the rows
of the history, and what run they belong to. Bytes that change later are what its checksum is for.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
import struct
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

import jax
import jax.numpy as jnp
import numpy as np
import safetensors.numpy

from jaxdl._tree import leaves_by_name, nested
from jaxdl.errors import InputError
from jaxdl.train.made_by import differences, is_key, made_by
from jaxdl.train.state import TrainState

if TYPE_CHECKING:
    from jaxdl.train.history import History
    from jaxdl.train.manager import Manager

Arrays = dict[str, np.ndarray]
T = TypeVar("T")

FREE = "config.epochs"
"""The one field of a run that may differ when it is resumed: it may go on for longer."""

ITEM = "state"  # the folder in the folder of a step
CONTENT, CHECKSUM = "checkpoint.safetensors", "checkpoint.sha256"

_STEP = re.compile(r"0|[1-9]\d*")
_OURS = re.compile(r"\d+(\.orbax-checkpoint-tmp.*|\.damaged\d*)")  # half-written; set aside
_PARTS = {"_CHECKPOINT_METADATA", "commit_success.txt", ITEM}


class Checkpoints:
    """A directory with the newest checkpoints of one run; use it as a context manager.

    A save copies the state and returns; a thread writes. The thread is ours, not that of Orbax's
    asynchronous mode: a Ctrl-C then cannot strike inside Orbax, and the checksum costs the training
    loop nothing. Leaving the context waits for the last write.

    Args:
        directory: made if it is missing; holds checkpoints and nothing else.
        run: what the run is, JSON-able; stored with every checkpoint.
        resume: go on from the newest checkpoint, or from the beginning where there is none yet.
        keep: how many of the newest checkpoints stay.
        report: called with one line when something is passed over.

    Attributes:
        resumed_step: steps that the state had behind it which `latest` gave; 0 before.

    Raises:
        InputError: the directory cannot be used, holds anything else, or holds checkpoints and
            `resume` is false, or another process writes into it.
    """

    def __init__(
        self,
        directory: str | Path,
        *,
        run: Mapping[str, Any],
        resume: bool,
        keep: int = 3,
        report: Callable[[str], object] = print,
    ) -> None:
        self.directory = Path(directory).absolute()
        self._run = json.loads(json.dumps(run))  # as it will be read back
        self._keep, self._report = keep, report
        self.resumed_step = 0
        self._made_by: dict[str, str] = {}
        self._manager: Manager | None = None
        self._writing: Future[None] | None = None
        self._unusable: list[Path] = []
        _make(self.directory)
        steps = _steps(self.directory)
        if steps and not resume:
            raise InputError(
                f"{self.directory} holds the checkpoints of a run; "
                "go on with it by --resume, or choose another directory"
            )
        if resume and not steps:
            report(f"{self.directory} holds no checkpoint yet: starting from the beginning")
        self._lock = _lock(self.directory)
        self._writer = ThreadPoolExecutor(1, "checkpoints")

    def made_by(self, step: Callable[..., Any], state: TrainState, batch: Any) -> None:
        """What computes the run: kept with every checkpoint, and compared by `latest`.

        Args:
            step: traced, neither compiled nor run.
            state, batch: what it takes, or their shapes.
        """
        self._made_by = made_by(step, state, batch)

    def latest(self, state: TrainState) -> tuple[TrainState, History] | None:
        """The newest sound checkpoint; those that are not are reported and passed over.

        Args:
            state: one of the same run, for the structure, shapes and dtypes; its values are unused.

        Returns:
            The saved state and history, equal to the last bit; None where nothing is saved. Where
            another step or version made them, a line reports it.

        Raises:
            InputError: it is of another run, or no checkpoint is sound.
        """

        def use(saved: _Saved) -> tuple[TrainState, History]:
            self._require_same_run(saved.run)
            found = _like(state, saved.state), saved.history
            if other := differences(saved.made_by, self._made_by):
                self._report(f"{self.directory}: {other}; the run goes on with what is here now")
            return found

        found, self._unusable = _newest_sound(self.directory, use, self._report)
        if found:
            self.resumed_step = int(found[0].step)
        return found

    def save(self, state: TrainState, history: History) -> None:
        """Copy the state to the host and have it written; waits for the write before.

        The state may be donated and the history changed as soon as this returns.

        Raises:
            InputError: the write before failed; the checkpoints before that are intact.
        """
        self._wait()
        arrays = _to_host(state)
        rows, numbers = _split(history)
        about = {"run": self._run, "history": numbers, "made_by": self._made_by}
        self._writing = self._writer.submit(self._write, int(state.step), arrays | rows, about)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._wait()
        finally:
            self._writer.shutdown()
            if self._manager is not None:
                self._manager.close()
            os.close(self._lock)

    def _wait(self) -> None:
        if self._writing is None:
            return
        try:
            self._writing.result()  # a Ctrl-C here leaves it to be waited for again
        except Exception as error:
            self._writing = None
            raise InputError(
                f"{self.directory}: a checkpoint could not be written ({_brief(error)}); "
                "those before it are intact: make room, then go on with --resume"
            ) from error
        self._writing = None

    def _write(self, step: int, arrays: Arrays, about: dict[str, Any]) -> None:
        if self._manager is None:
            self._manager = self._open()
        content = _encode(arrays, about)
        files = {CONTENT: content, CHECKSUM: _checksum(content)}
        self._manager.save(step, files)

    def _open(self) -> Manager:
        """Orbax's manager; what it would take for the newest checkpoints is set aside."""
        from jaxdl.train.manager import Manager

        for path in self._unusable:
            path.rename(_vacant(path))
        return Manager(self.directory, ITEM, self._keep)

    def _require_same_run(self, stored: Any) -> None:
        old, new = _fields(stored), _fields(self._run)
        differing = [
            f"{name} was {json.dumps(old.get(name))}, not {json.dumps(new.get(name))}"
            for name in old | new
            if name != FREE and (name not in old or name not in new or old[name] != new[name])
        ]
        if differing:
            raise InputError(
                f"{self.directory} holds another run: {'; '.join(differing)}; "
                "resume it with the values it had, or choose another directory"
            )


def read(
    directory: str | Path, report: Callable[[str], object] = print
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters of the newest sound checkpoint, without a state to put them into.

    Args:
        directory: a run's.
        report: called with one line for each checkpoint that is passed over.

    Returns:
        Parameters as nested dictionaries of NumPy arrays (a list or tuple becomes a dictionary with
        the keys "0", "1", ...), and what the run was.

    Raises:
        InputError: no directory, not one of checkpoints, or none is sound.
    """
    directory = Path(directory).absolute()
    if not directory.is_dir():
        raise InputError(f"{directory} is not a directory; train with --checkpoint first")
    saved, _ = _newest_sound(directory, lambda saved: saved, report)
    if saved is None:
        raise InputError(f"{directory} holds no checkpoint; train with --checkpoint first")
    params = {
        name.removeprefix("params/"): value
        for name, value in saved.state.items()
        if name.startswith("params/")
    }
    return nested(params, "/"), saved.run


class _UnusableError(Exception):
    """A checkpoint that is damaged, or not of this run's shapes; the message says how."""


@dataclass(frozen=True)
class _Saved:
    """A checkpoint's content: the leaves of the state by name, the history, the run, its maker."""

    state: Arrays
    history: dict[str, list[Any]]
    run: Any
    made_by: dict[str, str]  # empty in checkpoints of before it was kept


def _newest_sound(
    directory: Path, use: Callable[[_Saved], T], report: Callable[[str], object]
) -> tuple[T | None, list[Path]]:
    """What `use` makes of the newest checkpoint that it can, and those that were passed over."""
    unusable: list[Path] = []
    for step in _steps(directory):
        path = directory / str(step)
        try:
            return use(_load(path)), unusable
        except _UnusableError as error:
            report(f"{path} is passed over: {error}")
            unusable.append(path)
    if unusable:
        raise InputError(
            f"none of the checkpoints in {directory} can be used ({len(unusable)} tried); "
            "start again in another directory"
        )
    return None, unusable


def _load(path: Path) -> _Saved:
    """Read one checkpoint and check that it is what its checksum and its folder say."""
    content, checksum = (_bytes(path / ITEM / name) for name in (CONTENT, CHECKSUM))
    if checksum != _checksum(content):
        raise _UnusableError(f"{CONTENT} does not match the checksum in {CHECKSUM}")
    try:  # a checksum can be made to match anything
        arrays, about = _decode(content)
        rows = {name: arrays.pop(name) for name in list(arrays) if name.startswith("history/")}
        history, step = _join(rows, about["history"]), int(arrays["step"])
        saved = _Saved(arrays, history, about["run"], dict(about.get("made_by", {})))
    except Exception as error:
        raise _UnusableError(f"{CONTENT} is not a checkpoint ({_brief(error)})") from error
    if str(step) != path.name:
        raise _UnusableError(f"{CONTENT} is of step {step}")
    return saved


def _bytes(path: Path) -> bytes:
    """Of a regular file: reading a FIFO would wait for ever."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _UnusableError(f"{path.name} is not a regular file")
        return path.read_bytes()
    except OSError as error:
        raise _UnusableError(f"{path.name}: {error.strerror}") from error


def _checksum(content: bytes) -> bytes:
    """The line that `sha256sum --check` reads."""
    return f"{hashlib.sha256(content).hexdigest()}  {CONTENT}\n".encode()


def _encode(arrays: Arrays, about: dict[str, Any]) -> bytes:
    """A safetensors file. Dtypes that NumPy has not, bfloat16, go as the integers of their bits."""
    alien = {name: str(value.dtype) for name, value in arrays.items() if value.dtype.kind == "V"}
    bits = {name: arrays[name].view(f"u{arrays[name].itemsize}") for name in alien}
    metadata = {"about": json.dumps(about | {"dtypes": alien})}  # two keys have no fixed order
    return safetensors.numpy.save(arrays | bits, metadata)


def _decode(content: bytes) -> tuple[Arrays, dict[str, Any]]:
    """What `_encode` was given."""
    arrays = safetensors.numpy.load(content)
    (length,) = struct.unpack_from("<Q", content)
    about = json.loads(json.loads(content[8 : 8 + length])["__metadata__"]["about"])
    for name, dtype in about.pop("dtypes").items():
        arrays[name] = arrays[name].view(jnp.dtype(dtype))
    return arrays, about


def _to_host(state: TrainState) -> Arrays:
    """Copies: on a CPU what `device_get` gives is the memory of the state, which is donated."""
    leaves = jax.device_get(_plain(state))
    return {name: np.array(leaf, order="C") for name, leaf in leaves.items()}


def _plain(state: TrainState) -> dict[str, Any]:
    """The leaves by name; of a random key the numbers that it consists of."""
    return {
        name: jax.random.key_data(leaf) if is_key(leaf) else leaf
        for name, leaf in leaves_by_name(state, "/").items()
    }


def _like(state: TrainState, arrays: Arrays) -> TrainState:
    """The saved leaves in the structure of `state`."""
    wanted = _plain(state)
    for name in wanted | arrays:
        old, new = (_kind(leaves.get(name)) for leaves in (arrays, wanted))
        if old != new:
            raise _UnusableError(f"{name} is {old}, and the run has {new}")
    leaves = [jnp.array(arrays[name]) for name in wanted]  # copies, which may be donated
    leaves = [
        jax.random.wrap_key_data(leaf, impl=jax.random.key_impl(old)) if is_key(old) else leaf
        for leaf, old in zip(leaves, jax.tree.leaves(state), strict=True)
    ]
    return jax.tree.unflatten(jax.tree.structure(state), leaves)


def _kind(leaf: Any) -> str:
    return "missing" if leaf is None else f"{leaf.dtype} {leaf.shape}"


def _split(history: History) -> tuple[Arrays, dict[str, Any]]:
    """A history as arrays, a row each, and JSON: of rows it says how many, numbers it keeps."""
    rows, numbers = {}, {}
    for name, values in history.items():
        if all(np.ndim(value) == 0 for value in values):
            numbers[name] = [float(value) for value in values]
        else:
            numbers[name] = len(values)
            rows |= {f"history/{name}/{i}": np.array(row) for i, row in enumerate(values)}
    return rows, numbers


def _join(rows: Arrays, numbers: dict[str, Any]) -> dict[str, list[Any]]:
    """What `_split` was given."""
    return {
        name: [rows[f"history/{name}/{i}"] for i in range(kept)] if isinstance(kept, int) else kept
        for name, kept in numbers.items()
    }


def _fields(run: Any, prefix: str = "") -> dict[str, Any]:
    """{"config": {"seed": 1}} -> {"config.seed": 1}."""
    if not isinstance(run, dict):
        return {prefix: run}
    fields: dict[str, Any] = {}
    for key, value in run.items():
        fields |= _fields(value, f"{prefix}.{key}" if prefix else key)
    return fields


def _make(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{directory} cannot be a directory ({error.strerror}); choose another"
        ) from error
    if not os.access(directory, os.W_OK | os.X_OK):
        raise InputError(f"{directory} cannot be written to; change its mode or choose another")


def _steps(directory: Path) -> list[int]:
    """The steps that have a checkpoint, the newest first.

    Raises:
        InputError: something in the directory is not ours, and might be deleted with it.
    """
    steps = []
    for path in directory.iterdir():
        parts = {part.name for part in path.glob("*")}
        # A kill while it is deleted, or another process, may have left nothing of a checkpoint.
        if _STEP.fullmatch(path.name) and not path.is_file() and (not parts or parts & _PARTS):
            steps.append(int(path.name))
        elif not _OURS.fullmatch(path.name):
            raise InputError(
                f"{directory} holds {path.name}, which is no checkpoint; choose another directory"
            )
    return sorted(steps, reverse=True)


def _lock(directory: Path) -> int:
    """Keep other processes out until the descriptor is closed, by a kill, too."""
    import fcntl

    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise InputError(
            f"{directory} is in use by another run; wait for it, or choose another directory"
        ) from error
    except OSError:  # a file system without locks
        pass
    return descriptor


def _vacant(path: Path) -> Path:
    """Where to set a damaged checkpoint aside; an earlier one of the same step stays, too."""
    aside, number = path.with_name(f"{path.name}.damaged"), 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged{number}")
    return aside


def _brief(error: BaseException) -> str:
    """The beginning of an error's text, on one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= 160 else f"{text[:157]}..."
