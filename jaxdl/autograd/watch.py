"""What a training step does to the values that it holds, line by line of the user's program.

Python's own tracing tells when the next line begins; what has changed since is the doing of the
line before. Nothing of the program is read, replaced or guessed.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from linecache import getline
from typing import Any

import numpy as np

from jaxdl.autograd.graph import Place

Values = Mapping[str, "np.ndarray | None"]


@dataclass(frozen=True)
class Event:
    """What one line did to one value.

    Args:
        place: the line; None: none of the program's own.
        what: "data", a parameter's value was changed; "grad", its slot; "value", a name was given
            to a value.
        name: the parameter, or the name and below it the leaf: "gradient", "params.linear.bias".
        before, after: None: there was nothing, there is nothing any more.
    """

    place: Place | None
    what: str
    name: str
    before: np.ndarray | None = field(default=None, repr=False)
    after: np.ndarray | None = field(default=None, repr=False)


@contextmanager
def lines(files: Collection[str], seen: Callable[[Place | None, Any], None]) -> Iterator[None]:
    """Call `seen(place, frame)` after each line that runs in one of these files.

    Args:
        files: paths as Python names them (`__code__.co_filename`).
        seen: the line that has run (None: none yet) and the frame in which the next one is.
    """
    stack: list[Place | None] = [None]
    frames: list[Any] = [None]

    def local(frame: Any, event: str, _: Any) -> Any:
        if event == "line":
            seen(stack[-1], frames[-1])
            code = frame.f_code
            text = getline(code.co_filename, frame.f_lineno).strip()
            stack[-1] = Place(code.co_filename, frame.f_lineno, code.co_name, text)
        elif event == "return":
            seen(stack[-1], frames[-1])
            stack.pop()
            frames.pop()
        return local

    def entered(frame: Any, event: str, _: Any) -> Any:
        if event != "call" or frame.f_code.co_filename not in files:
            return None
        seen(stack[-1], frames[-1])
        stack.append(None)
        frames.append(frame)
        return local

    before = sys.gettrace()
    sys.settrace(entered)
    try:
        yield
    finally:
        sys.settrace(before)


def changes(
    step: Callable[[], Any],
    files: Collection[str],
    look: Callable[[], dict[str, Values]],
    glance: Callable[[Mapping[str, Any]], None] = lambda names: None,
):
    """Run a step and say which line changed which of the values that `look` shows.

    Args:
        step: called once.
        files: the program's own.
        look: what there is now: {"data": {name: value}, "grad": {name: value or None}}; new arrays.
        glance: called after each line with the names that its function has given.

    Returns:
        The events in their order, and the exception that ended the step, or None.
    """
    events: list[Event] = []
    last: Place | None = None
    now = look()

    def seen(place: Place | None, frame: Any) -> None:
        nonlocal now, last
        if frame is not None:
            glance(frame.f_locals)
        last = place or last
        then, now = now, look()
        for what, values in now.items():
            for name, after in values.items():
                before = then[what].get(name)
                if not _same(before, after):
                    events.append(Event(place or last, what, name, before, after))

    error = None
    try:
        with lines(files, seen):
            step()
    except Exception as raised:  # a wrong program's own: it is what is shown
        error = raised
    seen(None, None)
    return events, error


def named(
    step: Callable[[], Any], files: Collection[str], leaves: Callable[[Any], dict[str, Any] | None]
) -> list[Event]:
    """Run a step and say which line gave which name to a value of interest.

    Args:
        step: called once.
        files: the program's own.
        leaves: a value's leaves by name, or None where it is of no interest; a bare value is "".
    """
    events: list[Event] = []
    known: dict[int, dict[str, Any]] = {}

    def seen(place: Place | None, frame: Any) -> None:
        if frame is None:
            return
        bound = dict(frame.f_locals)
        if id(frame) not in known or place is None:  # its arguments have their names already
            known[id(frame)] = bound
            return
        for name, value in bound.items():
            if known[id(frame)].get(name) is not value:
                for leaf, array in (leaves(value) or {}).items():
                    whole = ".".join(part for part in (name, leaf) if part)
                    events.append(Event(place, "value", whole, None, np.asarray(array)))
        known[id(frame)] = bound

    with lines(files, seen):
        step()
    return events


def _same(a: np.ndarray | None, b: np.ndarray | None) -> bool:
    if a is None or b is None:
        return a is b
    return a.shape == b.shape and np.array_equal(a, b, equal_nan=a.dtype.kind == "f")
