"""Progress of a run: a bar in a terminal, now and then a plain line elsewhere."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

BAR_EVERY = 0.1  # seconds; reading the loss waits for the device, so it is read no oftener
LINE_EVERY = 5.0


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
            self.bar = Progress(
                *columns,
                TimeRemainingColumn(),
                console=self.console,
                transient=True,
                auto_refresh=False,
            )
            self.task = self.bar.add_task("", total=epochs)

    def __enter__(self) -> Reporter:
        self.started = self.last = time.monotonic()
        if self.bar:
            self.bar.start()
        return self

    def __exit__(self, *error: object) -> None:
        if self.bar:
            self.bar.stop()

    def __call__(self, epoch: int, losses: Any) -> None:
        """Tell how far the run is: epochs done, mean loss of this one, steps/s, time left.

        Args:
            epoch: the one that is done, from 0.
            losses: of its steps; a number where an epoch is one step.
        """
        now = time.monotonic()
        if now - self.last < (BAR_EVERY if self.bar else LINE_EVERY):
            return
        self.last = now
        done, spent = epoch + 1, now - self.started
        losses = np.ravel(np.asarray(losses))
        rate = done * losses.size / spent
        text = f"loss {losses.mean():.6g}  {rate:,.0f} steps/s"
        if self.bar:
            self.bar.update(self.task, completed=done, description=text, refresh=True)
        else:
            left = spent / done * (self.epochs - done)
            self.console.print(
                f"epoch {done}/{self.epochs}  {text}  {left:.0f} s left", highlight=False
            )
