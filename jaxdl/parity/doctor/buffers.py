"""Running statistics after one loss: how a port comes to other ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jaxdl.parity.calls import Call, made, recorded
from jaxdl.parity.doctor.calls.evidence import numbers_of, seen
from jaxdl.parity.doctor.calls.values import Values, values_of
from jaxdl.parity.doctor.calls.ways import variants
from jaxdl.parity.doctor.diagnosis import Diagnosis, Pair
from jaxdl.parity.map import as_array
from jaxdl.parity.sides import compiled, traced
from jaxdl.parity.tolerances import relative_error

if TYPE_CHECKING:
    import numpy as np

NEAR = 1e-9
CURE = "jaxdl.nn.BatchNorm(…, momentum={:g}): the share that is kept, and the unbiased variance"


@dataclass(frozen=True)
class Running:
    """A running statistic: old · (1 - share) + batch's · share.

    Args:
        old, new: before and after PyTorch's step.
        share: of the batch's statistic.
        calls: the module's, which take the statistic.
        var: it is the variance, of which PyTorch takes the unbiased one.
    """

    old: np.ndarray
    new: np.ndarray
    share: float
    calls: Sequence[Call]
    var: bool

    @property
    def call(self) -> Call:
        """The last."""
        return self.calls[-1]

    def count(self, x: Any) -> int:
        """So many numbers a channel has in a batch; in an instance of instance normalisation."""
        per = x.numel() // x.shape[1]
        return per // len(x) if self.call.name == "instance_norm" else per


def buffers(pair: Pair) -> Diagnosis | None:
    """The first buffer that has another value after the loss; None: none has."""
    before = {n: as_array(t).copy() for n, t in pair.model.named_buffers()}
    if not before:
        return None
    calls, _ = recorded(pair.model, lambda: pair.torch_loss(pair.model, pair.tensors))
    after = {n: as_array(t).copy() for n, t in pair.model.named_buffers()}
    _, state = compiled(pair.loss)(pair.mine.params)
    ours = pair.mine.named(pair.parameter_map, pair.mine.params, state)
    near = max(NEAR, pair.tolerance)
    for name, wanted in after.items():
        if name not in ours or relative_error(ours[name], wanted) <= near:
            continue
        values, _ = values_of(*traced(pair.loss, pair.mine.params))
        for cause, cure in _ways(name, ours, before, after, calls, pair.model, values):
            return Diagnosis("buffer", name, cause, cure, certain=True)
        return Diagnosis("buffer", name)
    return None


def _ways(
    name: str,
    ours: dict[str, Any],
    before: dict[str, Any],
    after: dict[str, Any],
    calls: Sequence[Call],
    model: Any,
    values: Values,
) -> Iterator[tuple[str, str]]:
    """(cause, cure) of a buffer's value."""
    found, old, new = ours[name], before[name], after[name]
    if found.shape != new.shape:
        return
    if relative_error(found, old) <= NEAR:
        if new.dtype.kind == "f":
            yield "the new value is not written back", "return the new state, and use it next time"
        else:
            yield "the counter is not raised", "count the batches"
        return
    if new.dtype.kind != "f":
        yield f"it is raised by {(found - old).max()}, not by {(new - old).max()}", "count once"
        return
    module, _, last = name.rpartition(".")
    owner = model.get_submodule(module)
    norms = [c for c in calls if c.module == module and c.name in ("batch_norm", "instance_norm")]
    others = {"running_mean": "running_var", "running_var": "running_mean"}
    if last in others:
        other = after[f"{module}.{others[last]}"]
        if other.shape == found.shape and relative_error(found, other) <= NEAR:
            yield f"{last} and {others[last]} are exchanged", "map each to its own"
    if relative_error(new, old) <= NEAR:
        yield from _iterated(name, found, before, calls)
        cause = "it changes, though PyTorch leaves it as it is (evaluation, or a fixed buffer)"
        yield cause, "give back the state that came in"
    if norms and last in others:
        share = owner.momentum
        if share is None:
            share = 1 / float(owner.num_batches_tracked + 1)
        yield from _running(
            found, Running(old, new, share, norms, last == "running_var"), calls, values
        )
    yield from _iterated(name, found, before, calls)
    fit = _fit(found, old, new)
    if fit:
        told = f"it is {fit[0]:.6g} times the old value and {fit[1]:.6g} times PyTorch's new one"
        yield told, "one update, with PyTorch's share"


def _running(
    found: np.ndarray, running: Running, calls: Sequence[Call], values: Values
) -> Iterator[tuple[str, str]]:
    """How a running statistic comes to another value."""
    cure = CURE.format(1 - running.share)
    x = running.call.args[0]
    own = _statistics(x)["variance" if running.var else "mean"]
    fit = _fit(found, running.old, own)
    if fit:
        yield _told(*fit, running, running.count(x)), cure
        return
    for what, statistic in _statistics(x).items():
        fit = _fit(found, running.old, statistic)
        if fit:
            yield f"it goes towards {what} of the batch ({fit[1]:.6g} of it)", cure
    yield from _upstream(found, running, calls, values)
    for call in calls:
        for tensor in call.outputs:
            if tensor.ndim < 2 or tensor.shape[1] != len(found):
                continue
            for what, statistic in _statistics(tensor).items():
                fit = _fit(found, running.old, statistic)
                if fit:
                    told = f"it goes towards {what} of what {call.title} gives"
                    yield told, f"of what goes into {running.call.title}"
    # Another batch before this one, or after it.
    share, kept = running.share, 1 - running.share
    towards = (running.new - kept * running.old) / share
    earlier = ((found - share * towards) / kept - kept * running.old) / share
    later = (found - kept * running.new) / share
    for when, other in (("before", earlier), ("after", later)):
        if values.like(other) is not None:
            yield (
                f"another batch goes into it, too, {when} this one",
                "one update a step: build and look at the net without writing its state back",
            )


def _told(kept: float, share: float, running: Running, n: int) -> str:
    """What old · kept + batch's biased statistic · share means."""
    unbiased = n / (n - 1) if running.var and n > 1 else 1.0
    own = 1 - running.share
    towards = share / (1 - kept) if not _is(kept, 1) else math.nan
    if _is(kept, own**2) and _is(towards, unbiased):
        return "the statistic is updated twice a step"
    if _is(kept, own) and not share:
        return "nothing of the batch goes into it: the old value only fades"
    parts = []
    if running.var and _is(towards, 1):
        parts.append("it goes towards the biased variance (n)")
    elif running.var and _is(towards, unbiased**2):
        parts.append("it goes towards the variance times n / (n - 1) twice")
    elif not _is(towards, unbiased):
        return f"it is {kept:.6g} times the old value and {share:.6g} times the batch's"
    if _is(kept, 0):
        parts.append("the old value is forgotten")
    elif _is(kept, running.share) and not _is(kept, own):
        parts.append(
            f"the momentum is the share that is kept: {own:g} for PyTorch's {running.share:g}"
        )
    elif not _is(kept, own):
        parts.append(f"the momentum, the share that is kept, is {kept:.6g}, not {own:.6g}")
    return " and ".join(parts)


def _upstream(
    found: np.ndarray, running: Running, calls: Sequence[Call], values: Values
) -> Iterator[tuple[str, str]]:
    """What the normalisation takes off again: a bias before it that is left out, a factor."""
    source = running.call.sources.get((0,))
    if source is None:
        return
    call = calls[source[0]]
    kind = "variance" if running.var else "mean"
    theirs = numbers_of(calls)
    for variant in variants(call, calls, values):
        if seen(calls, call, variant, values, theirs) is None:
            continue
        statistic = _statistics(made(call, variant.run)[source[1]])[kind]
        fit = _fit(found, running.old, statistic)
        if fit and _is(fit[0], 1 - running.share):
            yield f"{call.title}: {variant.cause}", variant.cure


def _statistics(x: Any) -> dict[str, np.ndarray]:
    """Of each channel."""
    x = x.detach().double()
    axes, inner = (0, *range(2, x.ndim)), tuple(range(2, x.ndim))
    var = x.var(axes, correction=0)
    found = {
        "mean": x.mean(axes),
        "variance": var,
        "the standard deviation": var.sqrt(),
        "the mean of squares": (x**2).mean(axes),
        "the sum": x.sum(axes),
        "the largest": x.amax(axes),
    }
    if inner:
        found["the mean of each example's variance"] = x.var(inner, correction=0).mean(0)
        found["the variance of each example's mean"] = x.mean(inner).var(0, correction=0)
        first = x[0]
        found["the first example's mean"] = first.mean(tuple(range(1, first.ndim)))
        found["the first example's variance"] = first.var(tuple(range(1, first.ndim)), correction=0)
    half = x[: max(len(x) // 2, 1)]
    found["the mean of half the batch"] = half.mean(axes)
    found["the variance of half the batch"] = half.var(axes, correction=0)
    return {name: array.numpy() for name, array in found.items()}


def _fit(found: np.ndarray, old: np.ndarray, other: np.ndarray) -> tuple[float, float] | None:
    """(a, b) with found = a · old + b · other; None: there are none, or too few numbers to say."""
    import numpy as np

    if found.shape != other.shape or found.size < 3:
        return None
    columns = np.stack([old.reshape(-1), other.reshape(-1)], 1)
    (a, b), _, rank, _ = np.linalg.lstsq(columns, found.reshape(-1), rcond=None)
    if rank < 2 or relative_error(found.reshape(-1), columns @ (a, b)) > NEAR:
        return None
    tidy = lambda number: 0.0 if abs(number) < NEAR else float(number)  # noqa: E731
    return tidy(a), tidy(b)


def _iterated(
    name: str, found: np.ndarray, before: dict[str, Any], calls: Sequence[Call]
) -> Iterator[tuple[str, str]]:
    """u and v of spectral normalisation, after another number of power iterations."""
    import numpy as np

    module, _, last = name.rpartition(".")
    matrices = [c.args[0] for c in calls if c.module == module and c.name == "mv"]
    if not matrices or last not in ("_u", "_v"):
        return
    matrix = matrices[-1].double().numpy()
    v = before[f"{module}._v"]
    for count in range(1, 31):
        u = matrix @ v / np.linalg.norm(matrix @ v)
        v = matrix.T @ u / np.linalg.norm(matrix.T @ u)
        if relative_error(found, u if last == "_u" else v) <= NEAR:
            yield (
                f"so many power iterations are done: {count}",
                "as many as n_power_iterations in training, none in evaluation",
            )


def _is(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-8, abs_tol=1e-9)
