"""A process that checks an answer: it has everything ready, and an endless loop ends with it."""

from __future__ import annotations

import multiprocessing
import os
import secrets
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from jaxdl.course.exercises.check import Verdict, prepare
from jaxdl.course.exercises.exercise import Exercise, exercise_called
from jaxdl.errors import InputError

LIMIT = 20.0
"""Seconds after which an answer is taken not to come to an end."""


class Checker:
    """Checks answers to one exercise, each in a process of its own that was begun before.

    Args:
        exercise, style: of what.
    """

    def __init__(self, exercise: Exercise, style: str) -> None:
        self.exercise, self.style = exercise, style
        self._begin()

    def __enter__(self) -> Checker:
        return self

    def __exit__(self, *error: Any) -> None:
        self._end()

    def check(self, path: str | Path, limit: float = LIMIT) -> Verdict:
        """Look at an answer, on inputs that are drawn anew.

        Args:
            path: of its file.
            limit: seconds after which it is given up.

        Raises:
            InputError: nothing can be checked here: PyTorch is not installed, for example.
        """
        try:
            self._wait()
            self._pipe.send(str(path))
            if not self._pipe.poll(limit):
                return Verdict(
                    False,
                    {
                        "en": f"it does not come to an end: stopped after {limit:g} s",
                        "zh": f"程序没有结束：运行 {limit:g} 秒后被中止",
                    },
                )
            return self._received()
        except EOFError:
            return Verdict(
                False,
                {"en": "it ended the whole process", "zh": "程序结束了整个进程"},
            )
        finally:
            self._end()
            self._begin()

    def _wait(self) -> None:
        """Until it is ready, which says nothing of an answer yet."""
        try:
            self._received()
        except EOFError:
            raise InputError("the process that checks answers ended before it saw one") from None

    def _received(self) -> Any:
        value = self._pipe.recv()
        if isinstance(value, InputError):
            raise value
        return value

    def _begin(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self._pipe, theirs = spawn.Pipe()
        self._process = spawn.Process(
            target=_serve,
            args=(self.exercise.name, self.style, secrets.randbits(32), theirs),
            daemon=True,
        )
        with _ctrl_c_kept_away():
            self._process.start()
        theirs.close()  # or its end would not be noticed

    def _end(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()


@contextmanager
def _ctrl_c_kept_away() -> Iterator[None]:
    """Ctrl-C goes to every process of a terminal; one that is begun here is never told of it."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    resource_tracker.ensure_running()  # begun by the first process, it would change the mask
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})  # a child inherits it
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(name: str, style: str, seed: int, pipe: Connection) -> None:
    """What the process does: it draws, computes what is right, and waits for one answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # where a process does not inherit it
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    os.dup2(2, 1)  # what an answer prints is not what the command prints
    for variable in list(os.environ):  # an answer is right or wrong whatever JAX is told elsewhere
        if variable == "XLA_FLAGS" or variable.startswith("JAX_"):
            del os.environ[variable]
    os.environ["JAX_PLATFORMS"] = "cpu"
    try:
        prepared = prepare(exercise_called(name)[0], style, seed)
        pipe.send("ready")
        pipe.send(prepared.check(pipe.recv()))
    except InputError as error:
        pipe.send(error)
    except (EOFError, BrokenPipeError):  # nobody is there any more
        pass


def _end_with(parent: int) -> None:
    """An answer that does not end is not to outlive a parent that was killed."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)
