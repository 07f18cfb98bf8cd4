"""Which parameters decay, by how much, and whether with the learning rate."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.doctor.optimizer.fits import Fit, Steps


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


def decays(
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


def _short(value: float, holds: Callable[[float], bool]) -> float:
    """The number with the fewest digits that will do."""
    for digits in (1, 2, 3, 6):
        short = float(f"{value:.{digits}g}")
        if holds(short):
            return short
    return value


def listed(names: Sequence[str]) -> str:
    """Names in a sentence."""
    told = [*names[:5], f"{len(names) - 5} more"] if len(names) > 6 else list(names)
    return told[0] if len(told) == 1 else ", ".join(told[:-1]) + " and " + told[-1]
