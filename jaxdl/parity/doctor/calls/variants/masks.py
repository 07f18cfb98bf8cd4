"""Masks that a port may have in place of PyTorch's: turned, moved, widened, of another axis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.values import Values
from jaxdl.parity.doctor.calls.variants.variant import Variant, of_arguments

FAR = 4
"""Masks are moved by so many places."""
LOW = -1e3
"""What is added to a score that is hidden is below this."""
Masks = Iterator[tuple[str, Any]]


def other_masks(seen: Any, values: Values | None = None) -> Masks:
    """(cause, mask) of the masks that may stand in one's place, each other than the mask.

    Args:
        seen: truth values, the last axis the keys', the one before it the queries'.
        values: of the JAX program: its own masks are tried last.
    """
    import torch

    told: list[Any] = [seen]
    for cause, mask in (*_derived(seen), *_theirs(seen, values)):
        if mask.shape != seen.shape or any(torch.equal(mask, other) for other in told):
            continue
        told.append(mask)
        yield cause, mask


def _derived(seen: Any) -> Masks:
    yield "the mask is left out", seen | True
    yield "the mask is inverted: what is to be seen is hidden", ~seen
    if seen.ndim > 1:
        yield "the mask is transposed: queries and keys are exchanged", seen.transpose(-1, -2)
        yield "the mask is the wrong way round", seen.flip(-1, -2)
    size, ndim = seen.shape[-1], seen.ndim
    gap = size - (seen.shape[-2] if ndim > 1 else size)
    for move in sorted({*range(-min(FAR, size - 1), min(FAR, size - 1) + 1), gap, -gap}, key=abs):
        if not move:
            continue
        way = "right" if move > 0 else "left"
        at = f" ({abs(gap)} more keys than queries: it is set at the other corner)"
        told = f"by {abs(move)}{at if abs(move) == gap else ''}"
        columns = seen.any(-2, keepdim=True) if ndim > 1 else seen | True
        for moved in _moved(seen, move):
            yield f"the mask is shifted {told} to the {way}", moved
            yield f"the mask shows {abs(move)} more to the {way}", seen | (moved & columns)
            back = "left" if move > 0 else "right"
            yield f"the mask hides {abs(move)} more from the {back}", seen & moved
    names = {ndim - 1: "key", ndim - 2: "query", 0: "example"} if ndim > 2 else {}
    for axis in range(ndim):
        if seen.shape[axis] > 1:
            name = names.get(axis, f"axis {axis}")
            whole = seen.any(axis, keepdim=True).expand_as(seen)
            yield f"the mask is one for every {name}: its part by {name} is left out", whole
            yield f"the mask is read backwards along the {name} axis", seen.flip(axis)
    for axis in range(max(ndim - 2, 1)):
        count = seen.shape[axis]
        for times in range(2, count):
            if count % times == 0:
                turned = seen.unflatten(axis, (times, count // times)).transpose(axis, axis + 1)
                yield (
                    "the mask is repeated in another order: 0, 0, 1, 1 for 0, 1, 0, 1 (jnp.repeat "
                    f"and jnp.tile; its {count} are {times} times {count // times})",
                    turned.flatten(axis, axis + 1),
                )


def _moved(seen: Any, move: int) -> Iterator[Any]:
    """To the right by so many; what comes in is what stood at the edge, or hidden, or seen."""
    import torch

    size = seen.shape[-1]
    places = torch.arange(size) - move
    inside = (places >= 0) & (places < size)
    moved = seen[..., places.clamp(0, size - 1)]
    yield from (moved, moved & inside, moved | ~inside)


def _theirs(seen: Any, values: Values | None) -> Masks:
    """The JAX program's own masks of this shape, or that broadcast to it."""
    import torch

    for array in values.masks if values else ():
        for fit in _broadcast(torch.from_numpy(array.copy()), seen.shape):
            for way in (fit, ~fit):
                yield f"the mask is another one: {_difference(seen, way)}", way


def _broadcast(mask: Any, shape: Any) -> Iterator[Any]:
    """A mask in a shape: as it is, or (batch, keys) as (batch, 1, …, keys)."""
    while mask.ndim > len(shape) and 1 in mask.shape:
        mask = mask.squeeze(list(mask.shape).index(1))
    forms = [mask]
    if 1 < mask.ndim < len(shape):
        forms.append(mask.reshape(mask.shape[0], *(1,) * (len(shape) - mask.ndim), *mask.shape[1:]))
    for form in forms:
        if form.ndim <= len(shape) and all(
            a in (1, b) for a, b in zip(reversed(form.shape), reversed(shape), strict=False)
        ):
            yield form.expand(shape)


def _difference(seen: Any, other: Any) -> str:
    """What another mask shows that this one hides, and the reverse, in words."""
    parts = []
    for verb, apart in (("shows", other & ~seen), ("hides", seen & ~other)):
        if not apart.any():
            continue
        first = apart.nonzero()[0].tolist()
        if apart.ndim > 1:
            gap = apart.shape[-1] - apart.shape[-2]
            steps = {k - q - gap for *_, q, k in apart.nonzero().tolist()}
            if len(steps) == 1:
                (step,) = steps
                way = "itself" if not step else f"the place {abs(step)} {_way(step)} itself"
                parts.append(f"it {verb} a query {way}")
                continue
            if verb == "shows" and not (apart & seen.any(-2, keepdim=True)).any():
                parts.append(f"it shows keys that are hidden to all, as padding is: {first}")
                continue
            if all(step > 0 for step in steps):
                parts.append(f"it {verb} what comes later")
                continue
        if apart.ndim > 1 and bool((apart.any(-2, keepdim=True) == apart).all()):
            keys = apart.any(-2).nonzero().tolist()
            told = ", ".join(f"key {key} of {row[:1] or 'all'}" for *row, key in keys[:3])
            more = ", …" * (len(keys) > 3)
            parts.append(f"it {verb} keys to every query: {told}{more}")
            continue
        parts.append(f"it {verb} {first} (first of {int(apart.sum())})")
    return " and ".join(parts)


def _way(step: int) -> str:
    return "after" if step > 0 else "before"


CURE = "PyTorch's mask, position by position: print both"


def filled_in(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`masked_fill`: True is filled."""
    hidden = call.args[1].expand(call.outputs[0].shape)

    def with_mask(mask: Any) -> Any:
        return of_arguments(lambda a, k: call.function(a[0], mask, *a[2:], **k))

    for cause, mask in other_masks(~hidden, values):
        yield Variant(cause, CURE, with_mask(~mask))
    value = call.args[2] if len(call.args) > 2 else call.kwargs.get("value")
    if isinstance(value, int | float):
        yield from _fills(
            float(value), lambda v: of_arguments(lambda a, k: a[0].masked_fill(a[1], v))
        )


def _fills(value: float, run: Callable[[float], Any]) -> Iterator[Variant]:
    """Another number where something is hidden."""
    import torch

    for other in (-torch.inf, 0.0, -1e4, -1e9, -1.0, 1.0, -100.0, -1e2, 1e-9, torch.inf):
        if other != value:
            cause = f"what is hidden becomes {other:g}, not {value:g}"
            yield Variant(cause, f"jnp.where(mask, x, {value:g})", run(other))


def chosen(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`where`: the condition, and which of the two it takes."""
    condition = call.args[0]

    def with_condition(mask: Any) -> Any:
        return of_arguments(lambda a, k: call.function(mask, *a[1:], **k))

    cure = f"where the condition does not hold, PyTorch takes {_given(call, calls, 2)}"
    for cause, mask in other_masks(condition, values):
        if cause == "the mask is left out":
            cause = (
                f"{_given(call, calls, 1)} is taken everywhere, where the mask does not hold, too: "
                "what is hidden changes it"
            )
        yield Variant(cause, cure, with_condition(mask))
    cause = f"{_given(call, calls, 2)} is taken everywhere"
    yield Variant(cause, cure, with_condition(condition & False))


def _given(call: Call, calls: Sequence[Call], place: int) -> str:
    """What stands at a place: the result of a call, or a number."""
    if (place,) in call.sources:
        return f"the result of {calls[call.sources[(place,)][0]].title}"
    value = call.args[place]
    return "a given tensor" if hasattr(value, "shape") and value.ndim else f"{float(value):g}"


def added(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`add` of a mask that is 0 where something is seen and very low where it is hidden."""
    for place in (1, 0):
        seen = additive(call.args[place]) if place < len(call.args) else None
        if seen is None:
            continue
        low = call.args[place].min()

        def with_mask(mask: Any, place: int = place, low: Any = low) -> Any:
            new = (~mask) * (low if low > -1e308 else -1e308)

            def run(a: Any, k: Any) -> Any:
                return call.function(*a[:place], new.to(a[place].dtype), *a[place + 1 :], **k)

            return of_arguments(run)

        for cause, mask in other_masks(seen, values):
            yield Variant(cause, CURE, with_mask(mask))


def additive(tensor: Any) -> Any:
    """Where such a mask shows something; None: the tensor is none."""
    import torch

    if not isinstance(tensor, torch.Tensor) or not tensor.is_floating_point() or not tensor.ndim:
        return None
    hidden = tensor < LOW
    plain = bool(hidden.any()) and not bool(hidden.all()) and not bool(tensor[~hidden].any())
    return ~hidden if plain else None


def multiplied(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`mul` by a mask of 0 and 1, or of truth values."""
    import torch

    for place, tensor in enumerate(call.args[:2]):
        if not isinstance(tensor, torch.Tensor) or not tensor.ndim:
            continue
        seen = tensor if tensor.dtype == torch.bool else tensor != 0
        if not torch.equal(seen.to(tensor.dtype), tensor) or bool(seen.all()):
            continue

        def with_mask(mask: Any, place: int = place, dtype: Any = tensor.dtype) -> Any:
            def run(a: Any, k: Any) -> Any:
                return call.function(*a[:place], mask.to(dtype), *a[place + 1 :], **k)

            return of_arguments(run)

        for cause, mask in other_masks(seen, values):
            yield Variant(cause, CURE, with_mask(mask))


WITHIN = {
    "masked_fill": filled_in,
    "where": chosen,
    "add": added,
    "mul": multiplied,
}
