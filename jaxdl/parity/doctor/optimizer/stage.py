"""An optimizer that steps otherwise: both are fed with the same gradients."""

from __future__ import annotations

import inspect
import itertools
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jaxdl.parity.doctor.diagnosis import Diagnosis, Pair
from jaxdl.parity.doctor.optimizer.clips import clip_of
from jaxdl.parity.doctor.optimizer.courses import Course, Training, optimizer_for, run
from jaxdl.parity.doctor.optimizer.decays import listed
from jaxdl.parity.doctor.optimizer.directions import rounded
from jaxdl.parity.doctor.optimizer.fits import Steps, steps_of
from jaxdl.parity.doctor.optimizer.known import known_rule
from jaxdl.parity.doctor.optimizer.search import best
from jaxdl.parity.doctor.optimizer.tries import Tries
from jaxdl.parity.sides import untouched
from jaxdl.parity.tolerances import relative_error
from jaxdl.parity.training import train_jax, train_torch

if TYPE_CHECKING:
    from jaxdl.parity.doctor.optimizer.courses import Arrays

NEAR = 1e-8


def optimizers(training: Training, pair: Pair) -> Diagnosis | None:
    """What differs when both optimizers get the same gradients; None: nothing."""
    if _calls_back(training.torch_optimizer):
        return _whole_run(training, pair)
    course = run(training, pair)
    first = _first(course)
    if first is None:
        return None
    if course.narrow_state and course.accumulate > 1:
        course = run(replace(training, narrow=True), pair)
        first = _first(course)
        if first is None:
            return None
    place = f"{course.kind}, step {first}"
    cure = _cure(course)
    loose = _not_trained(course)
    if loose:
        names, cause = loose
        return Diagnosis("optimizer", f"{place}: {listed(names)}", cause, cure)
    odd = _pattern(course) or _precision(course)
    if odd:
        return Diagnosis("optimizer", place, odd, cure)
    steps = steps_of(course, course.ours)
    errors = [_apart(a, b) for a, b in zip(course.ours, course.theirs, strict=True)]
    wrong = [n for n in errors[-1] if max(error[n] for error in errors) > NEAR]
    if steps.length:
        found = _searched(course, steps)
        if found is not None and not found[0]:
            return None  # every step is PyTorch's to the digits of float32, in which rates may be
        if found is not None:
            causes, names, certain = found
            told = f"{place}: {', '.join(names)}" if names else place
            return Diagnosis("optimizer", told, "; ".join(causes), cure, certain=certain)
    if len(wrong) < len(errors[-1]):
        return Diagnosis("optimizer", f"{place}: {', '.join(wrong)}", "", cure)
    return Diagnosis("optimizer", place, "", cure)


def _calls_back(optimizer: Any) -> bool:
    """Its step evaluates the loss itself: L-BFGS."""
    closure = inspect.signature(type(optimizer).step).parameters.get("closure")
    return closure is not None and closure.default is inspect.Parameter.empty


def _whole_run(training: Training, pair: Pair) -> Diagnosis | None:
    """Two runs on the batch, where gradients cannot be handed over."""
    named = dict(pair.model.named_parameters())
    fresh, _ = optimizer_for(training, named)
    with untouched(pair.model, fresh):
        wanted = train_torch(
            pair.model,
            pair.torch_loss,
            fresh,
            [pair.tensors],
            training.steps,
            scheduler=training.torch_scheduler,
            clip=training.torch_clip,
            accumulate=training.accumulate,
        )
    batches = [pair.batch]
    ours = train_jax(
        pair.mine,
        training.optimizer,
        pair.parameter_map,
        batches,
        training.steps,
        training.accumulate,
    )
    errors = _apart(ours.parameters, wanted.parameters)
    names = [name for name in named if errors.get(name, 0.0) > NEAR]
    if not names:
        return None
    kind = type(training.torch_optimizer).__name__
    apart = [abs(a - b) > NEAR * abs(b) for a, b in zip(ours.losses, wanted.losses, strict=True)]
    step = apart.index(True) if True in apart else training.steps
    return Diagnosis("optimizer", f"{kind}, step {step}: {', '.join(names)}")


def _first(course: Course) -> int | None:
    """The first step after which the parameters differ."""
    pairs = zip(course.ours, course.theirs, strict=True)
    errors = [max(_apart(a, b).values(), default=0.0) for a, b in pairs]
    return next((k for k, error in enumerate(errors) if error > NEAR), None)


def _apart(a: Arrays, b: Arrays) -> dict[str, float]:
    return {name: relative_error(a[name], b[name]) for name in b if name in a}


def _cure(course: Course) -> str:
    from jaxdl.optim import OPTIMIZERS

    kind = course.kind.lower()
    if kind not in OPTIMIZERS:
        return "the same rule, options, schedule and clipping as PyTorch's optimizer"
    group = next(iter(course.groups.values()))
    return f"jaxdl.optim.{kind}({group['lr']:g}, …), with PyTorch's options"


def _searched(course: Course, steps: Steps) -> tuple[tuple[str, ...], tuple[str, ...], bool] | None:
    tries = Tries(course, steps, known_rule(course), clip_of(steps))
    found = best(tries)
    if found is None:
        return None
    return found.causes, tuple(dict.fromkeys(found.names)), tries.rule is not None


def _not_trained(course: Course) -> tuple[list[str], str] | None:
    """What JAX trains and PyTorch does not."""
    names = [
        n
        for n in course.names
        if (n not in course.groups or n not in course.gradients[0][0])
        and n in course.ours[-1]
        and max(_apart({n: a[n]}, {n: course.ours[0][n]})[n] for a in course.ours) > NEAR
    ]
    if not names:
        return None
    frozen = [n for n in names if n not in course.gradients[0][0]]
    why = "it is frozen (requires_grad=False)" if frozen else "its optimizer does not have it"
    told = "is" if len(names) == 1 else "are"
    return names, f"{listed(names)} {told} updated; in PyTorch {why}"


def _pattern(course: Course) -> str:
    """Which batches move the parameters."""
    k = course.accumulate
    moving = [number for number, moves in enumerate(course.moving) if moves]
    if len(moving) < 3:
        return "" if moving else "no step moves any parameter"
    gaps = {b - a for a, b in itertools.pairwise(moving)}
    if gaps == {k} and moving[0] % k == k - 1:
        return ""
    if gaps == {k}:
        return f"the step is taken after another batch than the last of {k}"
    if len(gaps) > 1:
        return ""
    (gap,) = gaps
    if gap == 1:
        return f"the parameters move at every batch: the gradients of {k} are not accumulated"
    accumulates = f"accumulates {k}" if k > 1 else "takes a step after every one"
    return f"{gap} batches are accumulated to a step; PyTorch {accumulates}"


def _precision(course: Course) -> str:
    """The parameters are numbers of a narrower type after every step."""
    import numpy as np

    for dtype in ("bfloat16", "float16", "float32"):
        after = course.ours[1:4]
        if all((rounded(array, dtype) == array).all() for p in after for array in p.values()):
            start = course.ours[0].values()
            if not all(np.array_equal(rounded(array, dtype), array) for array in start):
                return f"the parameters are rounded to {dtype} after every step"
    return _own_precision(course)


def _own_precision(course: Course) -> str:
    """Some parameters alone are."""
    for dtype in ("bfloat16", "float16", "float32"):
        names = [
            name
            for name, array in course.ours[1].items()
            if (rounded(array, dtype) == array).all()
            and not (rounded(course.ours[0][name], dtype) == course.ours[0][name]).all()
        ]
        if names:
            return f"{listed(names)} are rounded to {dtype} after every step"
    return ""
