"""What goes on, told on standard error.

In a terminal by a bar or a line that changes, elsewhere by a plain line now and then.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

BAR_EVERY = 0.25  # seconds; reading the loss waits for the device, so it is not read more often
LINE_EVERY = 5.0  # seconds, without a terminal


def print_line(console: Console, line: str) -> None:
    """A plain line, however long, without colours."""
    console.print(line, highlight=False, soft_wrap=True)


@contextmanager
def telling() -> Iterator[Callable[..., None]]:
    """A function that tells what is done now, in one line.

    In a terminal a line replaces the one before; elsewhere one is printed every few seconds. With
    `keep=True` it is printed, and stays.
    """
    console = Console(stderr=True)
    if console.is_terminal:
        with console.status("") as status:
            yield lambda line, keep=False: console.print(line) if keep else status.update(line)
        return
    last = 0.0

    def tell(line: str, keep: bool = False) -> None:
        nonlocal last
        if keep or time.monotonic() - last >= LINE_EVERY:
            last = time.monotonic()
            print_line(console, line)

    yield tell


class Reporter:
    """Call it as `report(epoch, losses)` after each epoch; use it as a context.

    Args:
        epochs: how many there will be.
    """

    def __init__(self, epochs: int) -> None:
        self.epochs = epochs
        self.console = Console(stderr=True)
        self.bar = None
        if self.console.is_terminal:
            columns = (BarColumn(30), MofNCompleteColumn(), TextColumn("{task.description}"))
            self.bar = Progress(*columns, console=self.console, transient=True, auto_refresh=False)
            self.task = self.bar.add_task("", total=epochs)

    def __enter__(self) -> Reporter:
        self.last = time.monotonic()
        self.first = None
        if self.bar:
            self.bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self.bar:
            self.bar.stop()

    def __call__(
        self, epoch: int, losses: Any, count: int | None = None, **measured: float
    ) -> None:
        """Tell how far the run is: epochs done, mean loss of this one, steps/s, time left.

        Args:
            epoch: the one that is done or goes on, from 0.
            losses: of its steps; a number where an epoch is one step.
            count: how many of them are there, while it goes on.
            **measured: after it, such as test_accuracy.
        """
        now = time.monotonic()
        pause = BAR_EVERY if self.bar else LINE_EVERY
        if self.first is not None and now - self.last < pause:
            return
        losses = np.ravel(np.asarray(losses))  # waits for the device
        self.last = now = time.monotonic()
        count = losses.size if count is None else count
        done, total = epoch * losses.size + count, self.epochs * losses.size
        if self.first is None:  # where the pace is taken from: compilation is over, and a resumed
            self.first = done, now  # run has steps behind it that this process did not take
            return
        rate = (done - self.first[0]) / max(now - self.first[1], 1e-9)
        text = f"loss {losses[:count].mean():.6g}  "
        text += "".join(f"{name.replace('_', ' ')} {x:.4g}  " for name, x in measured.items())
        text += f"{rate:,.0f} steps/s"
        left = (total - done) / max(rate, 1e-9)
        if self.bar:
            text += f"  {left:.0f} s left"
            self.bar.update(self.task, completed=done / losses.size, description=text, refresh=True)
        else:
            where = f"epoch {epoch + 1}/{self.epochs}"
            print_line(self.console, f"{where}  {text}  {left:.0f} s left")
