"""Clipping that sits behind the optimizer, where it clips updates and not gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.doctor.fits import Steps
    from jaxdl.parity.doctor.search import Search


def clipped_updates(search: Search) -> str:
    """What is clipped are the updates, not the gradients; "": they are not."""
    rule, steps = search.rule, search.steps
    if rule is None:
        return ""
    before = [way for way in search.ways if not way.solved]
    for way in before:
        directions = search.directions({}, way.run(steps), steps)
        wanted = {
            n: -steps.rates[n][:, None] * (d + rule.decays[n] * steps.params[n])
            for n, d in directions.items()
        }
        found = _bound(steps, wanted)
        if found:
            told = search.clip.told
            tail = f"; PyTorch {told}, of the gradient" if search.clip.kind != "none" else ""
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
