"""What PyTorch's optimizer is, in the terms of `RULES`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jaxdl.parity.doctor.optimizer.clips import clip_of
from jaxdl.parity.doctor.optimizer.fits import steps_of
from jaxdl.parity.doctor.optimizer.rules import changes, own
from jaxdl.parity.doctor.optimizer.tries import Rule, Tries

if TYPE_CHECKING:
    from jaxdl.parity.doctor.optimizer.courses import Course


def known_rule(course: Course) -> Rule | None:
    """PyTorch's optimizer in the terms of `RULES`, checked on its own run; None: it is another."""
    steps = steps_of(course, course.theirs)
    kind = course.kind.lower().replace("_", "")
    tries = [kind, *(("sgd", "adam", "adamw", "lion", "lamb", "rmsprop", "adagrad"))]
    belief = {"adabelief": {"belief": True}}.get(kind, {})
    clip = clip_of(steps)
    for name in dict.fromkeys("adam" if belief and n == kind else n for n in tries):
        rules = {n: own(name, course.groups.get(n, {})) for n in steps.names}
        some = [rule for rule in rules.values() if rule is not None]
        if len(some) < len(rules):
            continue
        extra = dict(belief)
        if belief:
            extra["eps_root"] = course.groups[steps.names[0]].get("eps", 1e-8)
        options = {n: rule[1] | extra for n, rule in zip(steps.names, some, strict=True)}
        decays = {n: rule[2] for n, rule in zip(steps.names, some, strict=True)}
        for _, change in (("", {}), *changes(some[0][0], options[steps.names[0]], 0.0)):
            new = {n: o | change for n, o in options.items()}
            found = Tries(course, steps, Rule(some[0][0], new, decays), clip)
            if any(one.cost == 0 for one in found.tried({}, "", steps.prepared, "")):
                return Rule(some[0][0], new, decays)
            if kind in ("sgd", "adam", "adamw"):
                break
    return None
