"""How long the steps of a run are along given directions, and how far the weights decay besides."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jaxdl.parity.doctor.optimizer.courses import mean_of

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.doctor.optimizer.courses import Arrays, Course

NUMBERS = 2048
"""So many numbers of a parameter are looked at."""
NEAR = 1e-7
"""So much of a step may be left unexplained."""


@dataclass(frozen=True)
class Steps:
    """A run of steps, by parameter: arrays of (steps, numbers).

    Args:
        pieces: the gradients of the batches, (steps, batches, numbers).
        mean: their means, (steps, numbers).
        prepared: what PyTorch's optimizer was given; 0 where there was no gradient.
        unused: parameters without a gradient in PyTorch.
        params: before each step.
        moved: what each step added to them.
        rates: PyTorch's learning rates, (steps,).
        norm_of: of a batch's gradients, all together, (steps, batches).
        mean_norm: of the mean of a step's, (steps,).
        own_norm: of a parameter's mean gradient, (steps,).
        size: numbers of a parameter.
        narrow: the batches' gradients are added up in float32.
    """

    pieces: Arrays
    mean: Arrays
    prepared: Arrays
    unused: set[str]
    params: Arrays
    moved: Arrays
    rates: Arrays
    norm_of: np.ndarray
    mean_norm: np.ndarray
    own_norm: Arrays
    size: dict[str, int]
    narrow: bool

    @property
    def names(self) -> list[str]:
        """The parameters."""
        return list(self.params)

    @property
    def length(self) -> int:
        """The number of steps."""
        return len(self.mean_norm)


def steps_of(course: Course, run: list[Arrays]) -> Steps:
    """The steps of one of a course's runs, as long as its numbers are finite."""
    import numpy as np

    def some(array: np.ndarray) -> np.ndarray:
        return np.asarray(array, np.float64).reshape(-1)[:NUMBERS]

    names = [
        name
        for name in course.names
        if name in run[0] and name in course.gradients[0][0] and name in course.groups
    ]
    length = len(course.gradients)
    for k, params in enumerate(run[1:]):
        if not all(np.isfinite(params[name]).all() for name in names):
            length = k
            break
    gradients = course.gradients[:length]
    norms = [
        [np.sqrt(sum(np.sum(piece[n] ** 2) for n in names)) for piece in step] for step in gradients
    ]
    means = [
        {n: mean_of([piece[n] for piece in step], course.narrow) for n in names}
        for step in gradients
    ]
    own = {n: np.array([np.linalg.norm(mean[n]) for mean in means]) for n in names}
    params = {n: np.array([some(p[n]) for p in run[: length + 1]]) for n in names}
    blank = {n: np.zeros(params[n].shape[1]) for n in names}
    return Steps(
        {n: np.array([[some(piece[n]) for piece in step] for step in gradients]) for n in names},
        {n: np.array([some(mean[n]) for mean in means]) for n in names},
        {n: np.array([some(g.get(n, blank[n])) for g in course.prepared[:length]]) for n in names},
        {n for n in names if n not in course.prepared[0]},
        {n: p[:-1] for n, p in params.items()},
        {n: np.diff(p, axis=0) for n, p in params.items()},
        {n: np.array([rate.get(n, np.nan) for rate in course.rates[:length]]) for n in names},
        np.array(norms),
        np.sqrt(sum(norm**2 for norm in own.values())),
        own,
        {n: int(np.size(run[0][n])) for n in names},
        course.narrow,
    )


@dataclass(frozen=True)
class Fit:
    """One parameter's steps as `-a · direction - b · parameter`.

    Args:
        a, b: (steps,).
        known: (steps,): the step tells a and b apart.
        error: (steps,): what is left, over what may be left: above 1 it does not fit.
        decays: (steps,): b is not 0.
    """

    a: np.ndarray
    b: np.ndarray
    known: np.ndarray
    error: np.ndarray
    decays: np.ndarray

    @property
    def fits(self) -> bool:
        """Nothing is left."""
        return bool((self.error <= 1).all())


def fitted(moved: np.ndarray, direction: np.ndarray, params: np.ndarray) -> Fit:
    """The best a and b of every step. All (steps, numbers)."""
    import numpy as np

    tiny = 1e-300

    def long(x: np.ndarray) -> np.ndarray:
        return np.sqrt((x * x).sum(1))

    with np.errstate(all="ignore"):
        size = long(params)
        unit = params / np.maximum(size, tiny)[:, None]
        across = direction - (direction * unit).sum(1)[:, None] * unit
        whole, rest = long(direction), long(across)
        known = (params.shape[1] >= 3) & (rest > 1e-6 * whole) & (whole > 0)
        a = np.where(rest > 1e-12 * whole, -(moved * across).sum(1) / np.maximum(rest**2, tiny), 0)
        left = moved + a[:, None] * direction
        b = -(left * unit).sum(1) / np.maximum(size, tiny)
        left = left + b[:, None] * params
        allowed = NEAR * long(moved) + 1e-15 * size + tiny
        decays = np.abs(b) * size > 1e-6 * long(moved) + 1e-14 * size
        error = np.nan_to_num(long(left) / allowed, nan=np.inf)
    return Fit(a, b, known, error, decays)


def misfit(fits: Mapping[str, Fit]) -> float:
    """One number for how badly directions fit: what is solved for makes it small."""
    import numpy as np

    errors = np.concatenate([fit.error[fit.known] for fit in fits.values()] or [np.zeros(0)])
    return float(np.sqrt(np.mean(np.minimum(errors, 1e12) ** 2))) if errors.size else np.inf


def shortened(steps: Steps, length: int, most: int = 3) -> Steps:
    """The first of the steps, and the largest of the parameters."""
    names = sorted(steps.names, key=lambda name: -steps.size[name])[:most]

    def cut(arrays: Arrays) -> Arrays:
        return {name: arrays[name][:length] for name in names}

    return Steps(
        cut(steps.pieces),
        cut(steps.mean),
        cut(steps.prepared),
        steps.unused,
        cut(steps.params),
        cut(steps.moved),
        cut(steps.rates),
        steps.norm_of[:length],
        steps.mean_norm[:length],
        cut(steps.own_norm),
        steps.size,
        steps.narrow,
    )
