"""Time and memory of the process that measures itself."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path


def spread(values: Sequence[float]) -> dict[str, float]:
    """Median and quartiles of at least two measurements, and how many they are.

    Returns:
        {"median", "q1", "q3", "n"}, in the measurements' unit.
    """
    q1, median, q3 = statistics.quantiles(values, n=4, method="inclusive")
    return {"median": median, "q1": q1, "q3": q3, "n": len(values)}


def resident() -> int:
    """Bytes of this process that are in memory now; where only the peak is known, that."""
    return _status("VmRSS") or _highest()


def peak() -> int:
    """The most bytes of this process that were in memory at once, since `forget_peak`."""
    return _status("VmHWM") or _highest()


def forget_peak() -> None:
    """Let the peak begin anew at what is in memory now, where the system can (Linux)."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _status(field: str) -> int:
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith(field)), 0)


def _highest() -> int:
    # Not where /proc is: a child's counter starts at the peak of the process that started it.
    import resource

    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest if sys.platform == "darwin" else highest * 1024
