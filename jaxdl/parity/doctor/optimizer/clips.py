"""What may be done to a gradient before an optimizer gets it: clipped, summed, rounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jaxdl.parity.doctor.optimizer.courses import mean_of
from jaxdl.parity.doctor.optimizer.directions import rounded

if TYPE_CHECKING:
    from jaxdl.parity.doctor.optimizer.courses import Arrays
    from jaxdl.parity.doctor.optimizer.fits import Steps

BLOCK = 1e-6  # what PyTorch adds to the norm that it divides by


@dataclass(frozen=True)
class Clip:
    """What PyTorch clips its gradients to.

    Args:
        kind: "norm", "value", "" (nothing that is known), "none".
        bound: to what; 0: it is not known.
    """

    kind: str
    bound: float = 0.0

    @property
    def told(self) -> str:
        """What PyTorch does, in words."""
        at = {"norm": f"clips to the norm {self.bound:.6g}", "value": f"clips at {self.bound:.6g}"}
        return at.get(self.kind, "clips nothing" if self.kind == "none" else "clips otherwise")


Prepared = Callable[["Steps"], "Arrays"]


@dataclass(frozen=True)
class Preparation:
    """One way of preparing the gradients.

    Args:
        cause: what is done; "" if it is what PyTorch does.
        run: gives the gradients, (steps, numbers) by parameter.
        solved: there is a bound that is to be solved for: `run` takes it second, and `cause` has
            its place as {}.
    """

    cause: str
    run: Callable[..., Arrays]
    solved: bool = False


def means(steps: Steps) -> Arrays:
    """The mean of a step's batches, not clipped."""
    return steps.mean


def clip_of(steps: Steps) -> Clip:
    """What PyTorch's own clipping does, read off its gradients."""
    import numpy as np

    used = [n for n in steps.names if n not in steps.unused]
    before = {n: g for n, g in means(steps).items() if n in used}
    after = {n: steps.prepared[n] for n in used}
    flat = lambda arrays: np.concatenate([arrays[n] for n in used], axis=1)  # noqa: E731
    a, b = flat(before), flat(after)
    if np.allclose(a, b, rtol=1e-12, atol=0):
        return Clip("none")
    top = np.abs(b).max()
    if np.allclose(np.clip(a, -top, top), b, rtol=1e-9, atol=0):
        return Clip("value", float(f"{top:.12g}"))
    size = np.maximum((a * a).sum(1), 1e-300)
    ratio = (a * b).sum(1) / size
    if np.allclose(ratio[:, None] * a, b, rtol=1e-9, atol=1e-300):
        whole = steps.mean_norm
        held = ratio < 1 - 1e-9
        bounds = (ratio * (whole + BLOCK))[held]
        if bounds.size and np.ptp(bounds) <= 1e-9 * bounds.max():
            return Clip("norm", float(f"{bounds[0]:.9g}"))
    return Clip("")


def global_norm(steps: Steps, bound: float, extra: float = BLOCK, times: float = 1.0) -> Arrays:
    """All gradients by one factor, so that their norm is at most the bound."""
    import numpy as np

    whole = times * steps.mean_norm
    factor = np.minimum(1.0, bound / (whole + extra))[:, None]
    return {name: times * g * factor for name, g in means(steps).items()}


def _each_norm(steps: Steps, bound: float, extra: float = 0.0, rms: bool = False) -> Arrays:
    import numpy as np

    found = {}
    for name, g in means(steps).items():
        norm = steps.own_norm[name] / (np.sqrt(steps.size[name]) if rms else 1)
        found[name] = g * np.minimum(1.0, bound / np.maximum(norm + extra, 1e-300))[:, None]
    return found


def _pieces(steps: Steps, bound: float, extra: float = 0.0) -> Arrays:
    """The gradient of every batch is clipped by itself."""
    import numpy as np

    factor = np.minimum(1.0, bound / (steps.norm_of + extra))[:, :, None]
    return {
        name: mean_of(list((factor * g).swapaxes(0, 1)), steps.narrow)
        for name, g in steps.pieces.items()
    }


def _unit(steps: Steps, bound: float) -> Arrays:
    import numpy as np

    whole = steps.mean_norm[:, None]
    return {name: g * bound / np.maximum(whole, 1e-300) for name, g in means(steps).items()}


def preparations(steps: Steps, clip: Clip, accumulate: int) -> Iterator[Preparation]:
    """The ways in which a port may prepare its gradients, PyTorch's own first.

    Args:
        steps: of the run.
        clip: PyTorch's.
        accumulate: so many batches make a step.
    """
    import numpy as np

    yield Preparation("", lambda s: s.prepared)
    same, bound = clip.kind == "norm", clip.bound
    if accumulate > 1:
        k = accumulate
        yield Preparation(
            f"the gradients of the {k} batches are added up, not averaged",
            lambda s: (
                global_norm(s, bound, BLOCK, k)
                if same
                else {n: k * g for n, g in s.prepared.items()}
            ),
        )
        yield Preparation(
            f"only the last of {k} batches counts",
            lambda s: {n: g[:, -1] for n, g in s.pieces.items()},
        )
        yield Preparation(
            f"only the first of {k} batches counts",
            lambda s: {n: g[:, 0] for n, g in s.pieces.items()},
        )
    if clip.kind != "none":
        yield Preparation(f"the gradient is not clipped; PyTorch {clip.told}", means)
    told = f"; PyTorch {clip.told}"
    if same:
        yield Preparation(
            "the norm that the gradient is clipped by lacks PyTorch's 1e-6 "
            "(optax.clip_by_global_norm)",
            lambda s: global_norm(s, bound, 0.0),
        )
        if accumulate > 1:
            for extra in (0.0, BLOCK):
                yield Preparation(
                    "the gradient of every batch is clipped, not their mean",
                    lambda s, e=extra: _pieces(s, bound, e),
                )
        for extra in (0.0, BLOCK):
            yield Preparation(
                f"every parameter's gradient is clipped to the norm {bound:.6g} by itself{told}, "
                "that of all together",
                lambda s, e=extra: _each_norm(s, bound, e),
            )
    if same:  # of a scaled loss PyTorch's 1e-6 is scaled, too
        yield Preparation(
            f"the gradient is clipped to the norm {{}}{told}",
            lambda s, x: global_norm(s, x, BLOCK * x / bound),
            True,
        )
    yield Preparation(f"the gradient is clipped to the norm {{}}{told}", global_norm, True)
    yield Preparation(
        f"the gradient is clipped to the norm {{}} (optax.clip_by_global_norm){told}",
        lambda s, x: global_norm(s, x, 0.0),
        True,
    )
    yield Preparation(
        f"the gradient is clipped at {{}}{told}",
        lambda s, x: {n: np.clip(g, -x, x) for n, g in means(s).items()},
        True,
    )
    yield Preparation(
        f"every parameter's gradient is clipped to the norm {{}} by itself{told}", _each_norm, True
    )
    yield Preparation(
        f"every parameter's gradient is clipped to the root mean square {{}} by itself{told}",
        lambda s, x: _each_norm(s, x, rms=True),
        True,
    )
    if accumulate > 1:
        yield Preparation(
            f"the gradient of every batch is clipped to the norm {{}}, not their mean{told}",
            _pieces,
            True,
        )
    yield Preparation(
        f"the gradient is divided by its norm, not clipped{told}", lambda s: _unit(s, 1.0)
    )
    for dtype in ("bfloat16", "float16", "float32"):
        yield Preparation(
            f"the gradient is rounded to {dtype}",
            lambda s, d=dtype: {n: rounded(g, d) for n, g in s.prepared.items()},
        )
    for dtype in ("bfloat16", "float16", "float32"):
        if clip.kind != "none":
            yield Preparation(
                f"the gradient is rounded to {dtype} and not clipped",
                lambda s, d=dtype: {n: rounded(g, d) for n, g in means(s).items()},
            )
