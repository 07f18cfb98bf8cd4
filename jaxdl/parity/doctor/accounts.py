"""What the lengths of an optimizer's steps and its decays say: of all parameters, and of some."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jaxdl.parity.doctor import rates

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.doctor.courses import Course
    from jaxdl.parity.doctor.fits import Fit, Steps

NEAR = 1e-5


@dataclass(frozen=True)
class Account:
    """What differs, given the directions of the steps.

    Args:
        causes: sentences.
        cost: how far-fetched they are together; 0 says that nothing differs.
        names: the parameters that are treated in another way than the rest.
    """

    causes: tuple[str, ...]
    cost: int
    names: tuple[str, ...] = ()


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
        said = _exceptions(course, steps, fits, other, shared)
        causes += said.causes
        cost += said.cost
        names += said.names
    still = {n for n in other if not np.abs(other[n]).max() > 0}
    if not late:
        said = _decays(
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
    return shared, known.any(0)


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
    steps: Steps,
    fits: Mapping[str, Fit],
    other: Mapping[str, np.ndarray],
    shared: np.ndarray,
) -> Account:
    """The parameters whose steps are longer or shorter than those of the rest."""
    import numpy as np

    scale = _scaled(steps, fits, other, shared)
    if scale:
        return Account((scale,), 1)
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
            (lambda x: max(1.0, x) ** power, "max(1, rows / columns)"),
            (lambda x: x**power, "rows / columns"),
        )
        for form, told in forms:
            if math.isclose(factor, form(b / a) / form(a / b), rel_tol=1e-6):
                root = " under the root" if power == 0.5 else ""
                return f"the factor {told}{root} has rows and columns exchanged"
            if math.isclose(factor, 1 / form(a / b), rel_tol=1e-6):
                return f"the factor {told} of the shape is left out"
    return ""


def _scaled(
    steps: Steps, fits: Mapping[str, Fit], other: Mapping[str, np.ndarray], shared: np.ndarray
) -> str:
    """Adafactor without the parameter's own scale."""
    import numpy as np

    if len(other) < 2:
        return ""
    rows = []
    for name, fit in fits.items():
        size = np.sqrt((steps.params[name] ** 2).mean(1))
        rows.append(np.where(fit.known, fit.a * size, np.nan))
    values = np.array(rows)
    with np.errstate(all="ignore"):
        value = np.nanmedian(values, 0)
        spread = np.nanmax(np.abs(values - value), 0)
    if np.nanmax(spread / np.abs(value)) < 0.02:
        return (
            "the step is not multiplied by the parameter's own scale, the root mean square of its "
            "numbers"
        )
    return ""


def _decays(
    steps: Steps,
    fits: Mapping[str, Fit],
    shared: np.ndarray,
    wanted: Mapping[str, float],
    rest: Mapping[str, float],
) -> Account:
    """The decoupled weight decays."""
    import numpy as np

    found: dict[str, float] = {}
    fixed: set[str] = set()
    for name, fit in fits.items():
        size = np.sqrt((steps.params[name] ** 2).sum(1))
        long = np.sqrt((steps.moved[name] ** 2).sum(1))
        tells = (fit.known | (fit.error <= 1)) & (size > 0)
        if not fit.decays[tells].any():
            found[name] = 0.0
            continue
        allowed = 3e-6 * long + 1e-13 * size

        def holds(b: np.ndarray, fit: Fit = fit, size: np.ndarray = size, tells: np.ndarray = tells,
                  allowed: np.ndarray = allowed) -> bool:  # fmt: skip
            return bool((np.abs(fit.b - b) * size <= allowed)[tells].all())

        weight = (shared * size)[tells]
        value = float((fit.b * size)[tells] @ weight) / max(float(weight @ weight), 1e-300)
        value = _short(value, lambda v: holds(v * shared))
        plain = wanted.get(name) or rest.get(name) or 0.0
        constant = float(np.median(fit.b[tells]))
        if plain and holds(np.full_like(shared, plain)) and not holds(plain * shared):
            fixed.add(name)
            found[name] = plain
        elif holds(value * shared):
            found[name] = value
        elif holds(np.full_like(shared, constant)):
            fixed.add(name)
            found[name] = constant
        else:
            names = listed([name])
            return Account((f"the weight decay of {names} changes from step to step",), 4, (name,))
    return told_decays(found, wanted, rest, fixed, steps.unused)


def told_decays(
    found: Mapping[str, float],
    wanted: Mapping[str, float],
    rest: Mapping[str, float],
    fixed: set[str],
    unused: set[str],
    kind: str = "decoupled ",
) -> Account:
    """The weight decays that are not PyTorch's.

    Args:
        found: of each parameter.
        wanted: PyTorch's.
        rest: those that PyTorch adds to the gradient instead.
        fixed: parameters whose decay does not change with the learning rate.
        unused: parameters that PyTorch leaves alone.
        kind: "decoupled ", or "".
    """
    import numpy as np

    wanted = {n: 0.0 if n in unused else wanted.get(n, 0.0) for n in found}
    wrong = [
        n for n in found if not np.isclose(found[n], wanted[n], rtol=1e-5, atol=0) or n in fixed
    ]
    if not wrong:
        return Account((), 0)
    values = {round(found[n], 12) for n in wrong}
    value = next(iter(values))
    decayed = {n for n in found if wanted[n]}
    everywhere = set(wrong) == set(found) or set(wrong) == decayed
    if everywhere and len(values) == 1 and len({wanted[n] for n in wrong}) == 1:
        own, other = wanted[wrong[0]], rest.get(wrong[0], 0.0)
        if value == 0:
            return Account(("the weight decay is left out",), 1)
        if set(wrong) <= fixed:
            told = f"the {kind}weight decay is not multiplied by the learning rate"
            number = own or other
            tail = "" if number and np.isclose(value, number) else f", and is {value:.6g}"
            return Account((told + tail,), 1)
        if other and not own:
            tail = "" if np.isclose(value, other, rtol=1e-5) else f", and is {value:.6g}"
            return Account(
                (f"the weight decay is decoupled (AdamW), not added to the gradient{tail}",),
                0 if not tail else 1,
            )
        if own == 0:
            return Account((f"there is a {kind}weight decay of {value:.6g}; PyTorch has none",), 1)
        times = value / own
        whole = f": {times:.6g} times" if np.isclose(times, round(times)) and times > 1 else ""
        return Account((f"the weight decay is {value:.6g}, not {own:.6g}{whole}",), 1)
    causes = []
    groups: dict[tuple[float, float], list[str]] = {}
    for name in wrong:
        groups.setdefault((round(found[name], 12), wanted[name]), []).append(name)
    for (value, own), names in groups.items():
        told, one = listed(names), len(names) == 1
        if value == 0:
            causes.append(f"{told} {'is' if one else 'are'} not decayed; PyTorch decays "
                          f"{'it' if one else 'them'} by {own:.6g}")  # fmt: skip
        elif own == 0:
            why = (
                "leaves alone what the loss does not use"
                if set(names) <= unused
                else f"does not decay {'it' if one else 'them'}"
            )
            causes.append(f"{told} {'is' if one else 'are'} decayed by {value:.6g}; PyTorch {why}")
        else:
            causes.append(f"the weight decay of {told} is {value:.6g}, not {own:.6g}")
    return Account(tuple(causes), len(causes), tuple(wrong))


def _short(value: float, holds: object) -> float:
    """The number with the fewest digits that will do."""
    assert callable(holds)
    for digits in (1, 2, 3, 6):
        short = float(f"{value:.{digits}g}")
        if holds(short):
            return short
    return value


def listed(names: Sequence[str]) -> str:
    """Names in a sentence."""
    told = [*names[:5], f"{len(names) - 5} more"] if len(names) > 6 else list(names)
    return told[0] if len(told) == 1 else ", ".join(told[:-1]) + " and " + told[-1]
