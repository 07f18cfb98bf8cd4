"""How one course of learning rates differs from another: shifted, slower, restarted, cut short."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

NEAR = 1e-6


@dataclass(frozen=True)
class Told:
    """A sentence, and how far-fetched it is: 0 says that nothing differs."""

    cause: str = ""
    cost: int = 0


def told(ours: Sequence[float] | np.ndarray, theirs: Sequence[float]) -> Told:
    """What the learning rates do otherwise.

    Args:
        ours: of the steps.
        theirs: PyTorch's of the same steps and of later ones.
    """
    import numpy as np

    a, b = np.asarray(ours, float), np.asarray(theirs, float)
    n = len(a)
    if n == 0:
        return Told("no step tells the learning rate", 5)
    same = b[:n]
    if _alike(a, same):
        return Told()
    still, steady = _constant(a), _constant(same)
    if still and steady:
        if a[0] < 0 and _alike(-a, same):
            return Told("the step goes up the gradient", 1)
        return Told(f"the learning rate is {a[0]:.6g}, not {same[0]:.6g}{_known(a[0], same[0])}", 1)
    if still:
        return Told(
            f"the learning rate stays at {a[0]:.6g}: no schedule changes it; PyTorch's goes "
            f"{_listed(same)}",
            2,
        )
    if steady:
        return Told(
            f"a schedule changes the learning rate: {_listed(a)}; PyTorch's stays at {same[0]:.6g}",
            3,
        )
    factor = _factor(a, same)
    if factor is not None:
        return Told(f"the learning rate is {factor:.6g} times PyTorch's at every step", 1)
    return (
        _shifted(a, b)
        or _paced(a, b)
        or _clamped(a, same)
        or _rounds(a, same)
        or _decays(a, same)
        or _from(a, same)
    )


def _alike(a: np.ndarray, b: np.ndarray) -> bool:
    import numpy as np

    scale = max(float(np.abs(b).max(initial=0.0)), 1e-300)
    return a.shape == b.shape and bool((np.abs(a - b) <= NEAR * scale).all())


def _constant(a: np.ndarray) -> bool:
    import numpy as np

    return _alike(a, np.full_like(a, a[0]))


def _factor(a: np.ndarray, b: np.ndarray) -> float | None:
    size = float(b @ b)
    factor = float(a @ b) / size if size else 0.0
    return factor if factor and _alike(a / factor, b) else None


def _known(a: float, b: float) -> str:
    """What a factor is known to come of."""
    times = a / b if b else math.inf
    whole = round(times) if times >= 1 else round(1 / times) if times > 0 else 0
    exact = whole > 1 and math.isclose(max(times, 1 / times), whole, rel_tol=1e-9)
    if not exact:
        return ""
    return f": {whole} times" if times > 1 else f": a {whole}th"


def _listed(a: np.ndarray) -> str:
    parts = [f"{value:.4g}" for value in a[:6]]
    return ", ".join(parts) + (", …" if len(a) > 6 else "")


def _shifted(a: np.ndarray, b: np.ndarray) -> Told | None:
    import numpy as np

    n = len(a)
    for shift in (-1, 1, -2, 2, -3, 3, *range(4, min(n, len(b) - n))):
        if shift < 0:
            late, start = a[-shift:], a[:-shift]
            if _alike(late, b[: n + shift]):
                first = (
                    ": the first step's is 0" if not np.abs(start).max() > NEAR * b.max() else ""
                )
                return Told(
                    f"the learning rate is counted {_steps(-shift)} late: step t has PyTorch's of "
                    f"step t - {-shift}{first}",
                    1,
                )
        elif len(b) < shift + n:
            continue  # PyTorch's schedule ends before
        elif _alike(a, b[shift : shift + n]):
            return Told(
                f"the learning rate is counted {_steps(shift)} ahead: step t has PyTorch's of step "
                f"t + {shift}",
                1,
            )
        factor = _factor(a, b[shift : shift + n]) if shift > 0 else None
        if factor is not None and not _constant(b[shift : shift + n]) and abs(shift) <= 2:
            return Told(
                f"the learning rate is {factor:.6g} times PyTorch's, and counted {_steps(shift)} "
                "ahead",
                2,
            )
    return None


def _steps(count: int) -> str:
    return "one step" if count == 1 else f"{count} steps"


def _paced(a: np.ndarray, b: np.ndarray) -> Told | None:
    """Slower or faster by a whole number."""
    n = len(a)
    for times in range(2, 17):
        for first in range(times):
            slow = [b[(t + first) // times] for t in range(n)]
            if n > times and _alike(a, _as(slow)):
                return Told(
                    f"the schedule goes {times} times slower than PyTorch's: it counts other steps "
                    "than those that are taken",
                    1,
                )
        fast = [b[times * t] for t in range(n) if times * t < len(b)]
        if len(fast) > 3 and _alike(a[: len(fast)], _as(fast)):
            return Told(
                f"the schedule goes {times} times faster than PyTorch's: it counts other steps "
                "than those that are taken",
                1,
            )
    return None


def _as(values: Sequence[float]) -> np.ndarray:
    import numpy as np

    return np.asarray(values, float)


def _clamped(a: np.ndarray, b: np.ndarray) -> Told | None:
    import numpy as np

    low, high = a.min(), a.max()
    if low > b.min() and _alike(a, np.maximum(b, low)):
        return Told(f"the learning rate is held above {low:.6g}", 1)
    if high < b.max() and _alike(a, np.minimum(b, high)):
        return Told(f"the learning rate is held below {high:.6g}", 1)
    return None


def _rounds(a: np.ndarray, b: np.ndarray) -> Told | None:
    """It starts anew, turns negative, or jumps."""
    import numpy as np

    n = len(a)
    apart = _first_apart(a, b)
    if apart and a[apart] < 0 <= b[: apart + 1].min():
        return Told(
            f"from step {apart + 1} on the learning rate is negative: a counter that overflows",
            1,
        )
    rest = n - apart
    if apart >= 2 and rest >= 2 and _alike(a[apart:], b[:rest]) and not _constant(b[:rest]):
        return Told(f"the schedule starts anew at step {apart + 1}", 1)
    if apart and abs(a[apart] - a[apart - 1]) > 3 * np.abs(np.diff(b)).max():
        return Told(
            f"at step {apart + 1} the learning rate jumps from {a[apart - 1]:.4g} to "
            f"{a[apart]:.4g}, as with a counter that overflows; PyTorch's does not",
            1,
        )
    return None


def _first_apart(a: np.ndarray, b: np.ndarray) -> int:
    import numpy as np

    scale = max(float(np.abs(b).max()), 1e-300)
    return int(np.argmax(np.abs(a - b) > NEAR * scale))


def _decays(a: np.ndarray, b: np.ndarray) -> Told | None:
    """Warm-up and decay, of the forms that are known."""
    import numpy as np

    top = int(np.flatnonzero(b >= b.max() * (1 - NEAR))[-1])
    forms = (
        ("cosine", lambda y: np.arccos(np.clip(2 * y - 1, -1, 1)) / np.pi),
        ("linear", lambda y: 1 - y),
        ("exponential", lambda y: -np.log(np.maximum(y, 1e-300))),
    )
    for name, phase in forms:
        mine, yours = (_line(phase, x, top, b[top]) for x in (a, b))
        if mine is None or yours is None:
            continue
        (rate, start), (wanted, begin) = mine, yours
        if math.isclose(rate, wanted, rel_tol=1e-3):
            late = begin - start
            if abs(late) < 1e-3 * rate:
                continue  # what differs comes after the decay
            return Told(
                f"the {name} decay is counted from another step: at step {top + 1}, the end of "
                f"the warm-up, it is already {abs(start) / rate:.3g} steps on"
                if late and top and start > 0
                else f"the {name} decay is {abs(late) / rate:.3g} steps off PyTorch's",
                1,
            )
        if math.isclose(start / rate, begin / wanted, abs_tol=0.05):
            if name == "exponential":
                return Told(f"the decay is {rate / wanted:.4g} times as fast as PyTorch's", 1)
            length, whole = 1 / rate, 1 / wanted
            part = (
                f": the warm-up's {top} steps are taken off twice"
                if (top and math.isclose(whole - length, top, abs_tol=0.05))
                else ""
            )
            for ratio, pace in ((length / whole, "slower"), (whole / length, "faster")):
                if round(ratio) > 1 and math.isclose(ratio, round(ratio), rel_tol=1e-3):
                    part = part or f": it goes {round(ratio)} times {pace}"
            return Told(
                f"the {name} decay is {length:.4g} steps long, PyTorch's {whole:.4g}{part}", 1
            )
    return None


def _line(
    phase: Callable[[Any], Any], x: np.ndarray, top: int, peak: float
) -> tuple[float, float] | None:
    """(slope, phase at the top), where the phase is a line until it ends."""
    import numpy as np

    y = x[top:] / peak
    inside = (y > 1e-6) & (y <= 1 + NEAR)
    end = int(np.argmin(inside)) if not inside.all() else len(y)
    found = phase(y[:end])
    found = found[1:] if end > 4 else found
    if len(found) < 3:
        return None
    places = np.arange(len(found)) + (1 if end > 4 else 0)
    slope, start = np.polyfit(places, found, 1)
    if slope <= 0 or np.abs(found - slope * places - start).max() > 1e-3 * slope:
        return None
    return float(slope), float(start)


def _from(a: np.ndarray, b: np.ndarray) -> Told:
    import numpy as np

    first = _first_apart(a, b)
    if (
        (np.diff(a) >= -NEAR * abs(a).max()).all()
        and (np.diff(b) < 0).any()
        and (np.diff(a) > 0).any()
    ):
        return Told(
            f"the learning rate only rises, from {a[0]:.4g} to {a[-1]:.4g}; PyTorch's falls from "
            f"step {int(np.argmax(b)) + 2} on",
            2,
        )
    return Told(
        f"from step {first + 1} on the learning rate follows another schedule: "
        f"{_listed(a[first:])}; PyTorch's: {_listed(b[first:])}",
        4,
    )
