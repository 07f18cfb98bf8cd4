"""Clipping that sits behind the optimizer, where it clips updates and not gradients."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.doctor.optimizer.clips import Clip
    from jaxdl.parity.doctor.optimizer.courses import Arrays
    from jaxdl.parity.doctor.optimizer.fits import Steps


def clipped_updates(
    steps: Steps, tries: Iterable[Arrays], decays: Mapping[str, float], clip: Clip
) -> str:
    """What is clipped are the updates, not the gradients; "": they are not.

    Args:
        steps: of the run.
        tries: directions that PyTorch's optimizer takes, one after the other.
        decays: its decoupled weight decays.
        clip: PyTorch's own.
    """
    for directions in tries:
        wanted = {
            n: -steps.rates[n][:, None] * (d + decays[n] * steps.params[n])
            for n, d in directions.items()
        }
        found = _bound(steps, wanted)
        if found:
            tail = f"; PyTorch {clip.told}, of the gradient" if clip.kind != "none" else ""
            return f"the updates, not the gradients, are clipped {found}{tail}"
    return ""


def _bound(steps: Steps, wanted: dict[str, np.ndarray]) -> str:
    """To what steps are clipped that would be these; "": to nothing."""
    import numpy as np

    a = np.concatenate([steps.moved[n] for n in wanted], axis=1)
    b = np.concatenate([wanted[n] for n in wanted], axis=1)
    if np.abs(a - b).max() <= 1e-7 * np.abs(b).max():
        return ""

    def same(c: np.ndarray) -> bool:
        return bool((np.abs(a - c) <= 1e-9 * np.abs(a).max()).all())

    top = np.abs(a).max()
    if (np.abs(a) >= (1 - 1e-9) * top).sum() > 3 and same(np.clip(b, -top, top)):
        return f"at {top:.6g}"
    long, full = np.sqrt((a * a).sum(1)), np.sqrt((b * b).sum(1))
    bound = long.max()
    if same(b * np.minimum(1, bound / np.maximum(full, 1e-300))[:, None]):
        return f"to the norm {bound:.6g}"
    return ""
