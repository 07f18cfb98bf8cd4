"""One try of the search: whether an optimizer with a change explains a run of steps."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from jaxdl.parity.doctor.optimizer.accounts import account
from jaxdl.parity.doctor.optimizer.clips import Clip, Preparation, preparations
from jaxdl.parity.doctor.optimizer.decays import Account, told_decays
from jaxdl.parity.doctor.optimizer.fits import Fit, Steps, fitted, misfit, shortened, steps_of
from jaxdl.parity.doctor.optimizer.one_number import least, neat
from jaxdl.parity.doctor.optimizer.rules import BETAS, RULES, TOLD

if TYPE_CHECKING:
    from jaxdl.parity.doctor.optimizer.courses import Arrays, Course

FIRST = 14
"""So many steps are looked at while a constant is solved for."""


@dataclass(frozen=True)
class Rule:
    """PyTorch's optimizer, as it is known.

    Args:
        name: of `RULES`.
        options: of each parameter.
        decays: the decoupled weight decay of each parameter.
    """

    name: str
    options: dict[str, dict[str, Any]]
    decays: dict[str, float]

    @property
    def coupled(self) -> dict[str, float]:
        """The weight decay that is added to the gradient, of each parameter."""
        return {n: options.get("decay", 0.0) for n, options in self.options.items()}


@dataclass(frozen=True)
class Explanation:
    """What explains a run.

    Args:
        causes: sentences.
        cost: how far-fetched they are.
        names: parameters that are treated in another way than the rest.
        seen: what of the cost is read off the steps' lengths.
    """

    causes: tuple[str, ...]
    cost: int
    names: tuple[str, ...] = ()
    seen: int = 0


@dataclass
class Tries:
    """One run of steps, and what PyTorch's optimizer is: each try is a change of it.

    Args:
        course: both runs.
        steps: of the one to be explained.
        rule: PyTorch's; None: not known.
        clip: what PyTorch does to the gradients.
    """

    course: Course
    steps: Steps
    rule: Rule | None
    clip: Clip

    @cached_property
    def first(self) -> Steps:
        """Some of the steps, for what takes many tries."""
        return shortened(self.steps, FIRST)

    @cached_property
    def ways(self) -> list[Preparation]:
        """How the gradients may be prepared."""
        return list(preparations(self.steps, self.clip, self.course.accumulate))

    def directions(self, change: Mapping[str, Any], gradients: Arrays, steps: Steps) -> Arrays:
        """The directions of the steps; without a known rule those of PyTorch's run."""
        import numpy as np

        if self.rule is None:
            theirs = steps_of(self.course, self.course.theirs)
            length = min(theirs.length, steps.length)
            with np.errstate(all="ignore"):
                return {
                    n: np.nan_to_num(-theirs.moved[n][:length] / steps.rates[n][:length, None])
                    for n in steps.names
                }
        function = RULES[self.rule.name]
        with np.errstate(all="ignore"):
            return {
                n: function(gradients[n], steps.params[n], **(self.rule.options[n] | dict(change)))
                for n in steps.names
            }

    def fits(self, change: Mapping[str, Any], gradients: Arrays, steps: Steps) -> dict[str, Fit]:
        """How the directions fit the steps, by parameter."""
        found = self.directions(change, gradients, steps)
        return {n: fitted(steps.moved[n], d, steps.params[n]) for n, d in found.items()}

    def tried(
        self, change: dict[str, Any], told: str, gradients: Arrays, way: str, extra: int = 1
    ) -> list[Explanation]:
        """Whether it explains the run."""
        fits = self.fits(change, gradients, self.steps)
        wrong = [n for n, fit in fits.items() if not fit.fits]
        causes = [cause for cause in (told, way) if cause]
        cost = (extra if told else 0) + bool(way)
        names: tuple[str, ...] = ()
        if wrong:
            said = self._each(change, gradients, wrong, fits)
            if said is None:
                return []
            causes += said.causes
            cost += said.cost
            names = said.names
        decays, coupled = (self.rule.decays, self.rule.coupled) if self.rule else ({}, {})
        if "decay" in change and change["decay"] and decays:
            decays = dict.fromkeys(decays, 0.0)
        rest = coupled if "decay" in change and not change["decay"] else {}
        said = account(self.course, self.steps, fits, decays, rest)
        if rest and any("decoupled" in cause for cause in said.causes):
            causes = [cause for cause in causes if cause != told]
        if rest and self.rule and self.rule.name == "sgd":
            late = "the weight decay is added after the momentum, not before it (decoupled)"
            said = replace(said, causes=tuple(
                late if cause.startswith("the weight decay is decoupled (AdamW), not") else cause
                for cause in said.causes
            ))  # fmt: skip
        causes += said.causes
        return [Explanation(tuple(causes), cost + said.cost, (*names, *said.names), said.cost)]

    def number(
        self, option: str, change: dict[str, Any], told: str, gradients: Arrays, way: str
    ) -> list[Explanation]:
        """An option that is a number is another one."""
        assert self.rule is not None
        name = self.steps.names[0]
        now = self.rule.options[name].get(option, 0.0)
        if option == "decay":
            now = max(self.rule.coupled.values())
        turned = option in BETAS
        low, high = (-5.0, 0.0) if turned else (-16.0, 1.0) if "eps" in option else (-6.0, 1.0)
        short = {n: gradients[n][:FIRST] for n in self.first.names}

        def value_of(x: float) -> float:
            return 1 - 10**x if turned else 10**x

        def error(x: float) -> float:
            return misfit(self.fits(change | {option: value_of(x)}, short, self.first))

        base = misfit(self.fits(change, short, self.first))
        x = least(error, low, high, base)
        if x is None:
            return []
        fits = lambda v: all(  # noqa: E731
            f.fits for f in self.fits(change | {option: v}, gradients, self.steps).values()
        )
        value = neat(value_of(x), fits)
        if value is None or math.isclose(value, now, rel_tol=1e-7):
            return []
        cause = f"{TOLD[option]} is {value:.6g}, not {now:.6g}"
        if option == "decay" and not now:
            cause = (
                f"a weight decay of {value:.6g} is added to the gradient; PyTorch has none there"
            )
        both = f"{told}, and {cause}" if told else cause
        return self.tried(change | {option: value}, both, gradients, way, 1 + bool(told))

    def bounded(self, change: dict[str, Any], told: str, way: Preparation) -> list[Explanation]:
        """A clip whose bound is to be found."""
        import numpy as np

        def error(x: float) -> float:
            return misfit(self.fits(change, way.run(self.first, 10**x), self.first))

        base = misfit(self.fits(change, self.ways[0].run(self.first), self.first))
        x = least(error, -6.0, 5.0, base)
        if x is None:
            return []

        def fits(bound: float) -> bool:
            some = self.fits(change, way.run(self.steps, bound), self.steps)
            return all(f.fits for f in some.values())

        found = 10**x
        some = self.fits(change, way.run(self.first, found), self.first)
        longer = [f.a[f.known] / self.first.rates[n][f.known] for n, f in some.items()]
        factor = float(np.median(np.concatenate(longer)))
        # Where all is clipped, a rule that scales with its gradient does not tell the bound from
        # the learning rate: then the learning rate is PyTorch's.
        bound = (
            None
            if factor <= 0
            else neat(
                found * factor,
                lambda b: (
                    fits(b)
                    and self._own_rate(self.fits(change, way.run(self.steps, b), self.steps))
                ),
            )
        )
        bound = bound or neat(found, fits)
        if bound is None:
            return []
        cause = way.cause.format(f"{bound:.6g}")
        if self.clip.kind == "norm" and bound < self.clip.bound:
            times = self.clip.bound / bound
            if math.isclose(times, round(times), rel_tol=1e-6) and times >= 8:
                cause += (
                    f": a {round(times)}th of it, as if the scaled loss's gradient were clipped"
                )
        return self.tried(change, told, way.run(self.steps, bound), cause)

    def _each(
        self, change: dict[str, Any], gradients: Arrays, wrong: list[str], fits: dict[str, Fit]
    ) -> Account | None:
        """Some parameters have another weight decay in the gradient; `fits` gets theirs."""
        if self.rule is None or "decay" in change:
            return None
        coupled = self.rule.coupled
        found: dict[str, float] = dict(coupled)
        tries = sorted({0.0, *coupled.values(), *self.rule.decays.values()})
        function = RULES[self.rule.name]
        for name in wrong:
            for decay in tries:
                options = self.rule.options[name] | change | {"decay": decay}
                if decay == coupled[name] or "decay" not in self.rule.options[name]:
                    continue
                params = self.steps.params[name]
                d = function(gradients[name], params, **options)
                fit = fitted(self.steps.moved[name], d, params)
                if fit.fits:
                    fits[name], found[name] = fit, decay
                    break
            else:
                return None
        return told_decays(found, coupled, {}, set(), set(), "")

    def _own_rate(self, fits: Mapping[str, Fit]) -> bool:
        """The steps are as long as with PyTorch's learning rate."""
        import numpy as np

        return all(
            bool(np.allclose(f.a[f.known], self.steps.rates[n][f.known], rtol=1e-5, atol=0))
            for n, f in fits.items()
        )
