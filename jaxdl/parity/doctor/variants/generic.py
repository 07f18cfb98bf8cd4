"""What can be wrong with any call: left out, scaled, rounded, fed with something else."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.variants.variant import Variant, after, of_arguments

REWIRED = 60  # earlier values that are tried in an input's place, at most


def scaled(call: Call, factors: Sequence[tuple[str, float]]) -> Iterator[Variant]:
    """The result times a number that stands to reason."""
    for name, factor in factors:
        yield Variant(
            f"the result of {call.name} is multiplied by {name}",
            f"take {call.name} as it is",
            after(lambda y, f=factor: y * f if hasattr(y, "dtype") else y),
        )


def factors(call: Call) -> list[tuple[str, float]]:
    """-1, 2, ½, and the sizes and roots of the call's axes, and one over them."""
    found: dict[str, float] = {"-1": -1.0, "2": 2.0, "1/2": 0.5}
    sizes = {n for tensor in (*_inputs(call), *call.outputs) for n in tensor.shape if n > 1}
    for n in sorted(sizes):
        for name, value in (
            (f"{n}", n),
            (f"1/{n}", 1 / n),
            (f"√{n}", math.sqrt(n)),
            (f"1/√{n}", 1 / math.sqrt(n)),
        ):
            if value not in found.values():
                found[name] = value
    total = math.prod(call.outputs[0].shape)
    if total > 1:
        found |= {f"{total}": float(total), f"1/{total}": 1 / total}
    return list(found.items())


def rounded(call: Call) -> Iterator[Variant]:
    """The result, or what goes in, in a type of fewer digits."""
    import torch

    for name in ("float32", "bfloat16", "float16"):
        dtype = getattr(torch, name)

        def narrow(tree: Any, dtype: Any = dtype) -> Any:
            if isinstance(tree, torch.Tensor) and tree.is_floating_point():
                return tree.to(dtype).to(tree.dtype)
            if isinstance(tree, list | tuple):
                return type(tree)(map(narrow, tree))
            return tree

        cure = f"no {name} here: dtype and param_dtype of the layer, casts, preferred_element_type"
        yield Variant(f"the result is rounded to {name}", cure, after(narrow))
        yield Variant(f"what goes in is rounded to {name}", cure, _narrowed(call, narrow, [0]))
        rest = list(range(1, len(call.args)))
        yield Variant(f"the parameters are rounded to {name}", cure, _narrowed(call, narrow, rest))
        yield Variant(
            f"all that goes in is rounded to {name}", cure, _narrowed(call, narrow, [0, *rest])
        )


def _narrowed(call: Call, narrow: Any, places: list[int]) -> Any:
    def run(args: Any, kwargs: Any) -> Any:
        named = {key: narrow(value) for key, value in kwargs.items()} if places != [0] else kwargs
        return call.function(
            *(narrow(a) if k in places else a for k, a in enumerate(args)), **named
        )

    return of_arguments(run)


def rewired(call: Call, earlier: Sequence[Call]) -> Iterator[Variant]:
    """An input is another value of the program of the same shape."""
    import torch

    for place, (source, k) in call.sources.items():
        if place[0] == "**":
            continue
        own = call.args
        for index in place:
            own = own[index]
        found = 0
        for other in reversed(earlier):
            for number, tensor in enumerate(other.outputs):
                if (other.number, number) == (source, k) or tensor.shape != own.shape:
                    continue
                if found >= REWIRED or torch.equal(tensor, own):
                    continue
                found += 1

                def run(args: Any, kwargs: Any, place: Any = place, tensor: Any = tensor) -> Any:
                    return call.function(*_put(args, place, tensor), **kwargs)

                yield Variant(
                    f"its input is the result of {other.title}, not of {earlier[source].title}"
                    if source < len(earlier)
                    else f"its input is the result of {other.title}",
                    f"feed it with the result of {earlier[source].title}"
                    if source < len(earlier)
                    else "feed it with another value",
                    of_arguments(run),
                )


def _put(tree: Any, place: Any, value: Any) -> Any:
    """A tuple or list, parts of it perhaps, too, with another value at a place."""
    if not place:
        return value
    new = list(tree)
    new[place[0]] = _put(new[place[0]], place[1:], value)
    return type(tree)(new)


def skipped(call: Call) -> Iterator[Variant]:
    """The call is left out: one of its inputs, of the result's shape, goes on."""
    shape = call.outputs[0].shape
    inputs = _inputs(call)
    for number, tensor in enumerate(inputs):
        if tensor.shape == shape:
            which = f": its input {number + 1} goes on" if len(inputs) > 1 else ""
            yield Variant(
                f"{call.name} is left out{which}",
                f"apply {call.name}",
                of_arguments(lambda a, k, n=number: list(_floats((a, k)))[n]),
            )


def _inputs(call: Call) -> list[Any]:
    return list(_floats((call.args, call.kwargs)))


def _floats(tree: Any) -> Iterator[Any]:
    import torch

    if isinstance(tree, torch.Tensor):
        if tree.is_floating_point():
            yield tree
    elif isinstance(tree, list | tuple):
        for part in tree:
            yield from _floats(part)
    elif isinstance(tree, dict):
        for part in tree.values():
            yield from _floats(part)
