"""A run's numbers where people look: a table for each of them, and TensorBoard's events."""

from __future__ import annotations

import os
import re
import time
from contextlib import ExitStack, suppress
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self

import numpy as np

from jaxdl._files import replacing
from jaxdl.errors import InputError

EVENTS = "events.out.tfevents"
EVERY = 1.0  # seconds between two looks at an epoch that goes on: reading waits for the device


class Log:
    """Writes what it is called with into a folder; a context, and a report of `fit`.

    `loss.csv` has a row for each step (step, epoch, loss), `test_accuracy.csv` and the like one for
    each epoch, at the number of steps then done. Where the package tensorboard is installed its
    events lie beside them (`tensorboard --logdir DIR` shows them). All of it can be read while the
    run goes on.

        with Log("runs/first") as log:
            fit(step, state, data, order, report=log, ...)

    Whatever takes `(epoch, losses, count=None, **measured)` can stand in its place. A log is of one
    run: the steps are counted through its epochs.

    Args:
        directory: made where it is missing. What else lies there stays.
        resume: go on with the log that is there; its rows from the first step on that is told now
            are written anew.

    Attributes:
        failed: why nothing more is written, one line; empty while all is well. A full disk ends the
            log, not the run.

    Raises:
        InputError: nothing can be written there, or there is a log already and `resume` is false.
    """

    def __init__(self, directory: str | os.PathLike[str], *, resume: bool = False) -> None:
        self.directory, self.failed = Path(directory), ""
        self._resume = resume
        self._epoch, self._start, self._written, self._last = -1, 0, 0, -EVERY
        self._size = 0  # steps of the epoch told last
        self._first: int | None = None  # step that this process told first
        self._files = ExitStack()
        self._tables: dict[str, Any] = {}
        self._events: _Events | None = None
        loss = self.directory / "loss.csv"
        if self.directory.exists() and not self.directory.is_dir():
            raise InputError(f"{directory} is not a folder; name another place for the log")
        if loss.exists() and not loss.is_file():
            raise InputError(f"{loss} is not a file; name another folder")
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            if loss.exists() and loss.stat().st_size and not resume:
                raise InputError(f"{directory} holds the log of another run; name another folder")
            with TemporaryDirectory(dir=self.directory, prefix=".jaxdl."):
                pass
        except OSError as error:
            raise InputError(
                f"{directory}: no log can be written there: {error.strerror}"
            ) from None

    def __call__(
        self, epoch: int, losses: Any, count: int | None = None, **measured: float
    ) -> None:
        """Write what is new.

        Args:
            epoch: the one that is done or goes on, from 0.
            losses: (steps,), of its steps; a number where an epoch is one step.
            count: how many of them are there, while it goes on; None: it is over.
            **measured: after it, such as test_accuracy; a "/" in a name is a "_" in the file's.

        Raises:
            InputError: a name that no file can have, or "loss" among the measured.
        """
        for name in measured:
            if name == "loss" or not re.fullmatch(r"\w[\w.\-]*(/\w[\w.\-]*)*", name):
                raise InputError(f"{name!r} cannot be the name of what is measured after an epoch")
        if self.failed or (count is not None and time.monotonic() - self._last < EVERY):
            return
        losses = np.ravel(np.asarray(losses))  # waits for the device
        self._last = time.monotonic()
        if epoch != self._epoch:
            follows = epoch == self._epoch + 1 and self._epoch >= 0
            self._start = self._start + self._size if follows else epoch * losses.size
            self._epoch, self._written, self._size = epoch, 0, losses.size
        start = self._start
        end = losses.size if count is None else count
        try:
            if self._first is None:
                self._open(start)
            for i in range(self._written, end):
                self._add("loss", start + i, epoch, float(losses[i]))
            for name, value in measured.items():
                self._add(name, start + losses.size, epoch, float(value))
            for file in (*self._tables.values(), self._events):
                if file is not None:
                    file.flush()
        except OSError as error:
            self.failed = f"{self.directory}: the log ends before step {start}: {error.strerror}"
        self._written = end

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        try:
            self._files.close()
        except OSError as full:
            self.failed = self.failed or f"{self.directory}: the log is cut short: {full.strerror}"

    def _open(self, first: int) -> None:
        self._first = first
        if find_spec("tensorboard"):
            self._events = _Events(self.directory, first)
            self._files.callback(self._events.close)
            # TensorBoard forgets all that it was told from this step on: what was measured at the
            # end of the epoch before stands there.
            for path in self.directory.glob("*.csv") if self._resume and first else ():
                for step, _, value in _rows(path):
                    if step == first and path.stem != "loss":
                        self._events.add(path.stem, step, value)

    def _add(self, name: str, step: int, epoch: int, value: float) -> None:
        if name not in self._tables:
            self._tables[name] = self._table(name)
        self._tables[name].write(f"{step},{epoch},{value!r}\n")
        if self._events:
            self._events.add(name, step, value)

    def _table(self, name: str) -> Any:
        """The table of one name, open where its next row goes."""
        path = self.directory / f"{name.replace('/', '_')}.csv"
        first = self._first or 0
        rows = _rows(path) if self._resume and path.is_file() else []
        kept = [row for row in rows if row[0] < first or (row[0] == first and name != "loss")]
        lines = [f"step,epoch,{name}", *(f"{step},{epoch},{x!r}" for step, epoch, x in kept), ""]
        with replacing(path) as part:
            part.write_text("\n".join(lines), encoding="utf-8")
        return self._files.enter_context(open(path, "a", encoding="utf-8"))


_ROW = re.compile(r"(\d{1,15}),(\d{1,15}),([^,\s]{1,40})\n")


def _rows(path: Path) -> list[tuple[int, int, float]]:
    """A table's rows; what a crash has cut, or somebody else has written, is no row."""
    found = []
    with open(path, encoding="utf-8", errors="replace", newline="") as file:
        for line in file:
            row = _ROW.fullmatch(line.replace("\r\n", "\n"))
            with suppress(ValueError):
                if row:
                    found.append((int(row[1]), int(row[2]), float(row[3])))
    return found


class _Events:
    """TensorBoard's events, written in this thread, so that an error comes where it can be told."""

    def __init__(self, directory: Path, first: int) -> None:
        from tensorboard.compat.proto import event_pb2, summary_pb2
        from tensorboard.summary.writer.record_writer import RecordWriter

        self._event: Any = event_pb2  # its classes are made when it is imported
        self._summary: Any = summary_pb2
        name = f"{EVENTS}.{time.time():.0f}.{os.getpid()}.jaxdl"
        self._file = open(directory / name, "ab")  # noqa: SIM115 (`close` closes it)
        self._writer = RecordWriter(self._file)
        self._write(file_version="brain.Event:2")
        if first:  # what an earlier process told of the steps from here on is shown no more
            start = self._event.SessionLog(status=self._event.SessionLog.START)
            self._write(step=first, session_log=start)

    def add(self, name: str, step: int, value: float) -> None:
        """A point of a curve."""
        point = self._summary.Summary.Value(tag=name, simple_value=value)
        self._write(step=step, summary=self._summary.Summary(value=[point]))

    def flush(self) -> None:
        """What was added can be read."""
        self._file.flush()

    def close(self) -> None:
        """Nothing more is added."""
        self._file.close()

    def _write(self, **content: Any) -> None:
        event = self._event.Event(wall_time=time.time(), **content)
        self._writer.write(event.SerializeToString())
