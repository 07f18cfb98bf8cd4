"""The search for what an optimizer does otherwise: rules, gradients' preparations, constants."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from jaxdl.parity.doctor.optimizer.accounts import account
from jaxdl.parity.doctor.optimizer.fits import fitted
from jaxdl.parity.doctor.optimizer.rules import RULES, TOLD, changes, given, others
from jaxdl.parity.doctor.optimizer.tries import Explanation, Rule, Tries
from jaxdl.parity.doctor.optimizer.updates import clipped_updates


def best(tries: Tries) -> Explanation | None:
    """The likeliest explanation; None: nothing fits."""
    found: list[Explanation] = []
    plain = (_simple, _solved, _updates)
    rare = (_other_rules, _crossed, _other_rules_solved, _bounds_and_changes, _two_changes)
    if tries.rule is None:
        plain, rare = (_simple,), (_other_rules, _other_rules_solved)
    for stage in (*plain, *rare):
        if stage in rare and found:
            break  # what is found fits, though a schedule that nobody knows comes with it
        found += stage(tries)
        enough = 1 if stage == _simple else 3
        if any(one.cost <= enough for one in found):
            break
    return min(found, key=lambda one: (one.cost, one.seen), default=None)


def _simple(tries: Tries) -> list[Explanation]:
    """PyTorch's rule with one change, or with gradients prepared otherwise."""
    own_way = tries.ways[0]
    found = tries.tried({}, "", own_way.run(tries.steps), "")
    for way in tries.ways[1:]:
        if not way.solved:
            found += tries.tried({}, "", way.run(tries.steps), way.cause)
    if tries.rule is None:
        return found
    found += _inside(tries)
    gradients = own_way.run(tries.steps)
    for told, change in _changes(tries):
        found += tries.tried(change, told, gradients, "")
    return found


def _changes(tries: Tries) -> list[tuple[str, dict[str, Any]]]:
    assert tries.rule is not None
    rule = tries.rule
    name = tries.steps.names[0]
    some = max(rule.decays.values(), default=0.0)
    options = dict(rule.options[name])
    if "decay" in options:
        options["decay"] = max(rule.coupled.values())
    return list(changes(rule.name, options, some))


def _solved(tries: Tries) -> list[Explanation]:
    """One constant is another: an option, or the bound of a clip."""
    found: list[Explanation] = []
    gradients = tries.ways[0].run(tries.steps)
    for option in _numbers(tries):
        found += tries.number(option, {}, "", gradients, "")
    if any(one.cost <= 1 for one in found):
        return found
    for way in tries.ways:
        if way.solved:
            found += tries.bounded({}, "", way)
    return found


def _updates(tries: Tries) -> list[Explanation]:
    assert tries.rule is not None
    ways = (way for way in tries.ways if not way.solved)
    made = (tries.directions({}, way.run(tries.steps), tries.steps) for way in ways)
    cause = clipped_updates(tries.steps, made, tries.rule.decays, tries.clip)
    return [Explanation((cause,), 1)] if cause else []


def _numbers(tries: Tries) -> list[str]:
    assert tries.rule is not None
    known = inspect.signature(RULES[tries.rule.name]).parameters
    return [option for option in TOLD if option in known]


def _crossed(tries: Tries) -> list[Explanation]:
    """A change and another preparation."""
    found: list[Explanation] = []
    for way in tries.ways[1:]:
        if way.solved:
            continue
        gradients = way.run(tries.steps)
        for told, change in _changes(tries):
            found += tries.tried(change, told, gradients, way.cause)
        for option in _numbers(tries):
            found += tries.number(option, {}, "", gradients, way.cause)
    return found


def _bounds_and_changes(tries: Tries) -> list[Explanation]:
    found: list[Explanation] = []
    for way in tries.ways:
        if way.solved:
            for told, change in _changes(tries):
                found += tries.bounded(change, told, way)
    return found


def _two_changes(tries: Tries) -> list[Explanation]:
    """Two changes, or one and a constant."""
    found: list[Explanation] = []
    gradients = tries.ways[0].run(tries.steps)
    some = _changes(tries)
    for k, (told, change) in enumerate(some):
        for other, more in some[:k]:
            if not change.keys() & more.keys():
                both = f"{other}, and {told}"
                found += tries.tried(change | more, both, gradients, "", extra=2)
    if found:
        return found
    for told, change in some:
        for option in _numbers(tries):
            if option not in change:
                found += tries.number(option, change, told, gradients, "")
    return found


def _other_rules(tries: Tries) -> list[Explanation]:
    """Another optimizer."""
    found: list[Explanation] = []
    for title, options, other in _others(tries):
        told = f"it is {title} ({options})"
        for way in tries.ways:
            if not way.solved:
                cause = f"{told}, and {way.cause}" if way.cause else told
                gradients = way.run(tries.steps)
                found += other.tried({}, cause, gradients, "", extra=1 + bool(way.cause))
    return found


def _other_rules_solved(tries: Tries) -> list[Explanation]:
    """Another optimizer, and one constant of it."""
    found: list[Explanation] = []
    gradients = tries.ways[0].run(tries.steps)
    for title, _, other in _others(tries):
        for option in _numbers(other):
            found += other.number(option, {}, f"it is {title}", gradients, "")
    return found


def _others(tries: Tries) -> Iterator[tuple[str, str, Tries]]:
    """The other optimizers: what each is called, its options, its tries."""
    for name, title, options in others():
        if tries.rule is None or name != tries.rule.name or title:
            rule = Rule(name, {n: dict(options) for n in tries.steps.names}, _all_decays(tries))
            yield title or name, given(options), replace(tries, rule=rule)


def _all_decays(tries: Tries) -> dict[str, float]:
    if tries.rule is None:
        return {}
    return {n: tries.rule.decays[n] or tries.rule.coupled[n] for n in tries.rule.decays}


def _inside(tries: Tries) -> list[Explanation]:
    """The optimizer runs at every batch, and its updates are added up or averaged."""
    k = tries.course.accumulate
    if k == 1:
        return []
    import numpy as np

    rule, steps = tries.rule, tries.steps
    assert rule is not None
    found: list[Explanation] = []
    for told, change in (("", {}), *_changes(tries)):
        fits = {}
        for name in steps.names:
            g = steps.pieces[name].reshape(-1, steps.pieces[name].shape[-1])
            p = np.repeat(steps.params[name], k, axis=0)
            with np.errstate(all="ignore"):
                d = RULES[rule.name](g, p, **(rule.options[name] | change))
            d = d.reshape(steps.length, k, -1).sum(1)
            fits[name] = fitted(steps.moved[name], d, steps.params[name])
        for times, how in ((1, "added up"), (k, "averaged")):
            scaled = {n: replace(f, a=f.a * times) for n, f in fits.items()}
            cause = (
                f"the optimizer runs at every one of the {k} batches (its moments, its count "
                f"and its decay), and its updates are {how}"
            )
            if all(f.fits for f in fits.values()):
                said = account(tries.course, steps, scaled, rule.decays, {})
                causes = (cause, *([told] if told else []), *said.causes)
                found.append(Explanation(causes, 1 + bool(told) + said.cost, said.names))
    return found
