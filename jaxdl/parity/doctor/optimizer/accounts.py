"""What the lengths of an optimizer's steps and its decays say: of all parameters, and of some."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from jaxdl.parity.doctor.optimizer import rates
from jaxdl.parity.doctor.optimizer.decays import Account, listed
from jaxdl.parity.doctor.optimizer.decays import decays as decays_of

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.doctor.optimizer.courses import Course
    from jaxdl.parity.doctor.optimizer.fits import Fit, Steps

NEAR = 1e-5


def account(
    course: Course,
    steps: Steps,
    fits: Mapping[str, Fit],
    decays: Mapping[str, float],
    rest: Mapping[str, float],
) -> Account:
    """What the fits say.

    Args:
        course: both runs.
        steps: of the run that was fitted.
        fits: by parameter.
        decays: the decoupled weight decays of PyTorch's.
        rest: the weight decays that PyTorch adds to the gradient and the direction lacks.
    """
    import numpy as np

    scale = _scaled(course, fits)
    if scale:
        return Account((scale,), 1)
    ratio = _ratios(course, steps)
    scaled = {n: fit.a / ratio[n] for n, fit in fits.items()}
    shared, told_by = _shared(steps, fits, scaled)
    causes: list[str] = []
    names: list[str] = []
    cost = 0
    reference = steps.names[0]
    to_come = [rate[reference] for rate in course.rates]
    series = np.where(told_by, shared, to_come[: len(shared)])
    late = _late(series, np.array(to_come[: len(series)]), fits)
    if late:
        causes.append(late)
        cost += 1
    else:
        told = rates.told(series, to_come)
        if told.cause:
            causes.append(told.cause)
            cost += told.cost
    other = {n: scaled[n] for n, fit in fits.items() if _apart(scaled[n], shared, fit.known)}
    if other:
        said = _exceptions(course, fits, other, shared)
        causes += said.causes
        cost += said.cost
        names += said.names
    still = {n for n in other if not np.abs(other[n]).max() > 0}
    if not late:
        said = decays_of(
            steps, {n: f for n, f in fits.items() if n not in still}, shared, decays, rest
        )
        causes += said.causes
        cost += said.cost
        names += said.names
    return Account(tuple(causes), cost, tuple(dict.fromkeys(names)))


def _ratios(course: Course, steps: Steps) -> dict[str, np.ndarray]:
    """Each parameter's learning rate over the first one's, of every step."""
    import numpy as np

    reference = steps.names[0]
    base = course.groups[reference]["lr"] if reference in course.groups else 0.0
    found = {}
    for name in steps.names:
        own = course.groups.get(name, {}).get("lr", base)
        usual = own / base if base else 1.0
        with np.errstate(all="ignore"):
            now = steps.rates[name] / steps.rates[reference]
        found[name] = np.where(np.isfinite(now) & (now != 0), now, usual or 1.0)
    return found


def _shared(
    steps: Steps, fits: Mapping[str, Fit], scaled: Mapping[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """The learning rate that most parameters have, of every step; which steps tell it."""
    import numpy as np

    rows = np.array([np.where(fits[n].known, scaled[n], np.nan) for n in fits])
    known = np.isfinite(rows)
    shared = np.zeros(steps.length)
    for k in range(steps.length):
        values = rows[known[:, k], k]
        if values.size:
            wanted = steps.rates[steps.names[0]][k]
            values = values[np.argsort(np.abs(values - wanted), kind="stable")]
            near = [np.sum(np.abs(values - v) <= NEAR * max(abs(v), 1e-300)) for v in values]
            shared[k] = values[int(np.argmax(near))]  # of two as frequent PyTorch's own
    return shared, np.asarray(known.any(0))


def _apart(own: np.ndarray, shared: np.ndarray, known: np.ndarray) -> bool:
    import numpy as np

    scale = np.abs(shared[known]).max(initial=0.0)
    return bool((np.abs(own - shared)[known] > NEAR * scale).any())


def _late(series: np.ndarray, theirs: np.ndarray, fits: Mapping[str, Fit]) -> str:
    """AdamW with the decay after the step: (p - lr·d)(1 - lr·w)."""
    import numpy as np

    b = np.array([fit.b for fit in fits.values() if fit.decays.all() and fit.known.all()])
    if not b.size or np.abs(b - b[0]).max() > NEAR * np.abs(b).max() or not (b[0] > 0).all():
        return ""
    after = theirs * (1 - b[0])
    if np.abs(series - after).max() > 1e-7 * np.abs(theirs).max():
        return ""
    return "the weights are decayed after the step; PyTorch decays them before it"


def _exceptions(
    course: Course,
    fits: Mapping[str, Fit],
    other: Mapping[str, np.ndarray],
    shared: np.ndarray,
) -> Account:
    """The parameters whose steps are longer or shorter than those of the rest."""
    import numpy as np

    factors: dict[float, list[str]] = {}
    odd: list[str] = []
    for name, own in other.items():
        known = fits[name].known
        size = float(shared[known] @ shared[known])
        factor = float(own[known] @ shared[known]) / size if size else 0.0
        if np.abs(own - factor * shared)[known].max() > NEAR * np.abs(own).max():
            odd.append(name)
        else:
            key = next((k for k in factors if math.isclose(k, factor, rel_tol=1e-6)), factor)
            factors.setdefault(key, []).append(name)
    causes = []
    turns = {name: _turned(course, name, f) for f, names in factors.items() for name in names}
    if not odd and len(set(turns.values())) == 1 and (turned := next(iter(turns.values()))):
        sizes = ", ".join(f"{factor:.6g}" for factor in factors)
        told = listed(list(turns))
        cause = f"the steps of {told} are {sizes} times PyTorch's: {turned}"
        return Account((cause,), 1, tuple(other))
    for factor, names in factors.items():
        told = listed(names)
        turned = turns[names[0]]
        if abs(factor) < 1e-9:
            still = "is" if len(names) == 1 else "are"
            causes.append(f"{told} {still} not updated at all")
        elif turned:
            causes.append(f"the steps of {told} are {factor:.6g} times PyTorch's: {turned}")
        else:
            causes.append(f"the learning rate of {told} is {factor:.6g} times that of the rest")
    if odd:
        causes.append(f"the steps of {listed(odd)} have another length at every step")
    return Account(tuple(causes), len(factors) + 4 * bool(odd), tuple(other))


def _turned(course: Course, name: str, factor: float) -> str:
    shape = course.ours[0][name].shape
    if len(shape) != 2 or shape[0] == shape[1]:
        return ""
    a, b = shape
    for power in (0.5, 1.0):
        forms = (
            (lambda x, power=power: max(1.0, x) ** power, "max(1, rows / columns)"),
            (lambda x, power=power: x**power, "rows / columns"),
        )
        for form, told in forms:
            if math.isclose(factor, form(b / a) / form(a / b), rel_tol=1e-6):
                root = " under the root" if power == 0.5 else ""
                return f"the factor {told}{root} has rows and columns exchanged"
            if math.isclose(factor, 1 / form(a / b), rel_tol=1e-6):
                return f"the factor {told} of the shape is left out"
    return ""


def _scaled(course: Course, fits: Mapping[str, Fit]) -> str:
    """Adafactor without the parameter's own scale."""
    import numpy as np

    rows = []
    for name, fit in fits.items():
        params = course.theirs[: len(fit.a)]
        size = np.array([np.sqrt(np.mean(p[name] ** 2)) for p in params])
        rows.append(np.where(fit.known, fit.a * size, np.nan))
    values, plain = np.array(rows), np.array([fit.a for fit in fits.values()])
    with np.errstate(all="ignore"):
        first = np.nanmedian(values)
        apart = np.nanmax(np.abs(values - first)) / abs(first)
    alike = np.ptp(plain, axis=0).max() <= 1e-3 * np.abs(plain).max()
    if len(fits) < 2 or alike or not apart < 1e-3:
        return ""
    return (
        "the step is not multiplied by the parameter's own scale, the root mean square of its "
        "numbers"
    )
