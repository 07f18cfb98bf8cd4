"""Gradients that differ where the loss is the same: which, and how."""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from jaxdl.parity.calls import Call, recorded, tensors_in
from jaxdl.parity.doctor.diagnosis import Diagnosis, Pair
from jaxdl.parity.map import as_array
from jaxdl.parity.sides import compiled, untouched
from jaxdl.parity.tolerances import gradient_floor, relative_error

if TYPE_CHECKING:
    import numpy as np

    Arrays = dict[str, np.ndarray]

NEAR = 1e-7
"""PyTorch's derivatives of hardsigmoid and hardswish hold 1/6 with the digits of float32."""
TRIED = 60
"""So many calls are tried, from the loss backwards."""
STOPS = 6
"""So many places where PyTorch stops the gradient are tried."""


def gradients(pair: Pair) -> Diagnosis | None:
    """The first parameter, from the loss backwards, whose gradient differs; None: none does."""
    ours, theirs = _ours(pair), _theirs(pair)
    wrong = [
        name for name, error in _errors(ours, theirs).items() if error > max(NEAR, pair.tolerance)
    ]
    if not wrong:
        return None
    stopped = not any(ours[name].any() for name in wrong)
    flowing = None if stopped else _attached(pair, ours)
    flowing = flowing or _flowing(pair, theirs, ours, wrong)
    if flowing is not None:
        return flowing
    name = wrong[-1]  # the nearest to the loss
    modules = dict(pair.model.named_modules())

    def how(name: str) -> Iterator[tuple[str, str]]:
        owner = modules.get(name.rpartition(".")[0])
        return _how(ours[name], theirs[name], hasattr(owner, "padding_idx"))

    cause, cure = next(how(name), ("", ""))
    alike = [cause in dict(how(other)) for other in wrong]
    if cause and len(wrong) == len(theirs) and all(alike):
        return Diagnosis("gradient", "every parameter", cause, cure, certain=True)
    return Diagnosis("gradient", name, cause, cure, certain=bool(cause) and len(wrong) == 1)


def _errors(ours: Arrays, theirs: Arrays) -> dict[str, float]:
    floor = gradient_floor(theirs.values())
    return {name: relative_error(ours[name], tensor, floor) for name, tensor in theirs.items()}


def _ours(pair: Pair) -> Arrays:
    import jax
    import jax.numpy as jnp

    run = jax.grad(pair.loss, has_aux=True, allow_int=True)
    leaves = jax.tree.leaves(pair.mine.params)
    gradient = None
    if all(jnp.issubdtype(leaf.dtype, jnp.inexact) for leaf in leaves):
        # In less time than operation by operation; but `reduce_window`, given its first value as an
        # array, has a derivative only where that is not traced.
        with suppress(ValueError, TypeError, NotImplementedError):
            gradient, _ = compiled(run)(pair.mine.params)
    if gradient is None:
        gradient, _ = run(pair.mine.params)
    return pair.mine.gradients(pair.parameter_map, gradient)


def _theirs(
    pair: Pair, change: dict[int, Any] | None = None, attached: Container[int] = ()
) -> Arrays:
    import torch

    named = {n: p for n, p in pair.model.named_parameters() if p.requires_grad}
    found: Any = [None] * len(named)
    with untouched(pair.model):
        _, loss = recorded(
            pair.model, lambda: pair.torch_loss(pair.model, pair.tensors), change, attached
        )
        if loss.requires_grad:  # before the buffers are as they were
            found = torch.autograd.grad(loss, list(named.values()), allow_unused=True)
    return {
        name: as_array(torch.zeros_like(p) if g is None else g.to_dense()).copy()
        for (name, p), g in zip(named.items(), found, strict=True)
    }


def _how(ours: np.ndarray, theirs: np.ndarray, table: bool) -> Iterator[tuple[str, str]]:
    """How one gradient is wrong, of a table of vectors perhaps."""
    import numpy as np

    if np.isnan(ours).any() and not np.isnan(theirs).any():
        yield (
            "the gradient is NaN: the derivative of a root, a norm or a quotient at 0, or of the "
            "branch of jnp.where that is not taken",
            "jnp.where on what goes in, too: jnp.sqrt(jnp.where(x > 0, x, 1)); a norm with an "
            "epsilon under its root",
        )
        return
    if not ours.any():
        yield (
            "the gradient is 0: it is stopped on the way, or the loss uses another parameter",
            "no jax.lax.stop_gradient here; differentiate by these params",
        )
        return
    if not theirs.any():
        yield (
            "the gradient is not 0, as it is in PyTorch: something is not stopped there",
            "jax.lax.stop_gradient where PyTorch has detach(), no_grad() or padding_idx",
        )
        return
    norm = float(np.vdot(theirs, theirs))
    factor = float(np.vdot(ours, theirs)) / norm
    if factor and theirs.size > 1 and relative_error(ours, factor * theirs) <= NEAR:
        yield f"the gradient is {factor:.6g} times PyTorch's", _sum_or_mean(factor)
    if theirs.ndim == 2 and ours.shape == theirs.T.shape and relative_error(ours, theirs.T) <= NEAR:
        yield "the gradient is transposed", "carry it as the weight is carried"
    if table:
        yield from _rows(ours, theirs)
    clipped = _clipped(ours, theirs)
    if clipped:
        yield clipped


def _rows(ours: np.ndarray, theirs: np.ndarray) -> Iterator[tuple[str, str]]:
    """Some rows of a table are wrong."""
    import numpy as np

    if not theirs.ndim:
        return
    apart = np.abs(ours - theirs).reshape(len(theirs), -1).max(1)
    rows = np.flatnonzero(apart > NEAR * np.abs(theirs).max())
    told = ", ".join(map(str, rows[:4]))
    if 0 < len(rows) < len(theirs) and not theirs[rows].any():
        yield (
            f"rows {told} have a gradient, which PyTorch stops (padding_idx)",
            "jaxdl.nn.Embedding(…, padding_idx=…)",
        )
    elif 0 < len(rows) < len(theirs) and not ours[rows].any():
        yield f"rows {told} get no gradient", "use every row"


def _sum_or_mean(factor: float) -> str:
    if factor < 0:
        return (
            "the sign as in PyTorch; a derivative of its own (autograd.Function) as jax.custom_vjp"
        )
    times = max(abs(factor), 1 / abs(factor))
    if round(times) > 1 and math.isclose(times, round(times), rel_tol=1e-9):
        return "average where PyTorch averages, and sum where it sums, over devices and pieces, too"
    return "no scaled loss, no clipping that PyTorch does not do, and the function's own derivative"


def _clipped(ours: np.ndarray, theirs: np.ndarray) -> tuple[str, str] | None:
    import numpy as np

    top = float(np.abs(ours).max())
    held = np.clip(theirs, -top, top)
    if top < np.abs(theirs).max() and relative_error(ours, held) <= NEAR:
        return f"the gradient is clipped at {top:.6g}", "clip nothing, or what PyTorch clips"
    return None


def _attached(pair: Pair, ours: Arrays) -> Diagnosis | None:
    """A gradient flows where PyTorch stops it."""
    for stops in (*((k,) for k in range(STOPS)), range(STOPS)):
        try:
            found = _theirs(pair, None, stops)
        except RuntimeError:  # what is written into in place may not be traced
            continue
        if max(_errors(ours, found).values()) <= NEAR:
            title = _stopped(pair, stops[0])
            return Diagnosis(
                "gradient",
                title,
                f"the gradient flows on through {title}, where PyTorch stops it (detach, no_grad)",
                "jax.lax.stop_gradient there",
                certain=True,
            )
    return None


def _stopped(pair: Pair, stop: int) -> str:
    """The call whose result is not followed back: the last before the gradient is stopped."""
    stops: list[int] = []
    calls, _ = recorded(
        pair.model, lambda: pair.torch_loss(pair.model, pair.tensors), stopped=stops
    )
    at = stops[stop] if stop < len(stops) else 0
    return calls[min(max(at, 0), len(calls) - 1)].title


def _flowing(
    pair: Pair, theirs: dict[str, Any], ours: dict[str, Any], wrong: list[str]
) -> Diagnosis | None:
    """A call through which the gradient flows otherwise: stopped, doubled, turned round."""
    calls, _ = recorded(pair.model, lambda: pair.torch_loss(pair.model, pair.tensors))
    above = [call for call in reversed(calls) if set(wrong) <= _above(pair, calls, call)]
    for call in above[:TRIED]:
        for cause, cure, change in (*WAYS, *(KINKS if call.name in KINKED else ())):
            found = _theirs(pair, {call.number: change})
            if max(_errors(ours, found).values()) <= NEAR:
                title = call.title
                return Diagnosis("gradient", title, cause.format(title), cure, certain=True)
    return None


WAYS: tuple[tuple[str, str, Callable[..., Any]], ...] = (
    (
        "no gradient flows through {}",
        "no jax.lax.stop_gradient there; a rounding, whose derivative is 0, as "
        "x + stop_gradient(round(x) - x)",
        lambda output, *_: output.detach(),
    ),
    (
        "the gradient through {} is doubled",
        "let it flow once",
        lambda output, *_: 2 * output - output.detach(),
    ),
    (
        "the gradient through {} has the other sign",
        "a custom derivative with the right sign",
        lambda output, *_: 2 * output.detach() - output,
    ),
    (
        "the gradient through {} is halved",
        "let it flow whole",
        lambda output, *_: (output + output.detach()) / 2,
    ),
    *(
        (
            f"the gradient is taken where the result of {{}} is in {dtype}, the loss is not",
            "one precision forward and backward",
            lambda output, *_, dtype=dtype: output + (_rounded(output, dtype) - output).detach(),
        )
        for dtype in ("bfloat16", "float16", "float32")
    ),
)


KINKED = ("relu", "clamp", "clip", "relu6", "hardtanh")
KINKS = (
    (
        "where what goes into {} is exactly 0 half of its gradient comes through, as with "
        "jnp.maximum(x, 0)",
        "jax.nn.relu(x), whose derivative at 0 is 0",
        lambda output, x, *_: output + (x - x.detach()) * (x == 0) / 2,
    ),
    (
        "where what goes into {} is exactly 0 its gradient comes through",
        "jax.nn.relu(x), whose derivative at 0 is 0",
        lambda output, x, *_: output + (x - x.detach()) * (x == 0),
    ),
)


def _rounded(tensor: Any, dtype: str) -> Any:
    import torch

    return tensor.detach().to(getattr(torch, dtype)).to(tensor.dtype)


def _above(pair: Pair, calls: list[Call], call: Call) -> set[str]:
    """The parameters on which a call's result depends."""
    places = {p.data_ptr(): name for name, p in pair.model.named_parameters()}
    found: set[str] = set()
    seen: set[int] = set()
    todo = [call.number]
    while todo:
        number = todo.pop()
        if number in seen:
            continue
        seen.add(number)
        for tensor in tensors_in((calls[number].args, dict(calls[number].kwargs))):
            if tensor.data_ptr() in places:
                found.add(places[tensor.data_ptr()])
        todo += [source for source, _ in calls[number].sources.values()]
    return found
