"""What can be wrong with any call: left out, scaled, rounded, fed with something else."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.calls.solving import candidates
from jaxdl.parity.doctor.calls.variants.variant import Variant, after, of_arguments
from jaxdl.parity.prints import print_of

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.doctor.calls.values import Values

ROUNDING = 1e-7
"""A factor as near to 1, and a shift as near to 0, comes of a constant in float32."""
REWIRED = 60  # earlier values that are tried in an input's place, at most


def scaled(call: Call, values: Values) -> Iterator[Variant]:
    """The result times a number, and a number added: whatever they are."""
    output = call.outputs[0].detach().double().numpy()
    if output.size == 1:
        yield from _multiple(call)
    for value in candidates(values, output.size):
        for factor, shift in _affine(output, value.print):
            told = []
            if not math.isclose(factor, 1, rel_tol=1e-9):
                told.append(f"is multiplied by {_named(factor, call)}")
            if shift:
                told.append(f"{shift:.6g} is added")
            yield Variant(
                f"the result of {call.name} {', and '.join(told)}".replace(
                    f"{call.name} {shift:.6g} is added", f"{call.name}: {shift:.6g} is added"
                ),
                f"take {call.name} as it is",
                after(lambda y, f=factor, s=shift: y * f + s if hasattr(y, "dtype") else y),
                factor,
            )


def _multiple(call: Call) -> Iterator[Variant]:
    """One number, as a loss: any factor would do, so those alone that stand to reason."""
    for name, factor in factors(call).items():
        yield Variant(
            f"the result of {call.name} is multiplied by {name}",
            f"take {call.name} as it is",
            after(lambda y, f=factor: y * f if hasattr(y, "dtype") else y),
        )


def _affine(array: np.ndarray, wanted: np.ndarray) -> Iterator[tuple[float, float]]:
    """(factor, shift) that make of an array's numbers those of a print; not (1, 0)."""
    import numpy as np

    for sign in (1, -1):
        old, new = print_of(sign * array)[:-1], wanted[:-1]
        with np.errstate(all="ignore"):
            apart = old - old.mean()
            factor = float(apart @ new / (apart @ apart))
            shift = float(new.mean() - factor * old.mean())
            scale = float(np.abs(new).max())
            if not math.isfinite(factor) or factor <= 0 or not scale:
                continue
            if np.abs(factor * old + shift - new).max() > 1e-10 * scale:
                continue
        shift = 0.0 if abs(shift) <= 1e-10 * scale else shift
        same = math.isclose(factor, 1, rel_tol=ROUNDING) and abs(shift) <= ROUNDING * scale
        if sign < 0 or not same:
            yield sign * factor, shift


def _named(factor: float, call: Call) -> str:
    """A factor by what it is, where it stands to reason: a size of an axis, its root."""
    near = [n for n, f in factors(call).items() if math.isclose(f, factor, rel_tol=1e-9)]
    return near[0] if near else f"{factor:.6g}"


def factors(call: Call) -> dict[str, float]:
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
    return found


def rounded(call: Call) -> Iterator[Variant]:
    """The result, or what goes in, in a type of fewer digits."""
    import torch

    tensors = [(k, a) for k, a in enumerate(call.args) if k and isinstance(a, torch.Tensor)]
    rest = [k for k, a in tensors if a.is_floating_point()]
    for name, narrow in narrowings().items():
        cure = f"no {name} here: dtype and param_dtype of the layer, casts, preferred_element_type"
        yield Variant(f"the result is rounded to {name}", cure, after(narrow))
        yield Variant(f"what goes in is rounded to {name}", cure, _narrowed(call, narrow, [0]))
        all_ = "the parameters are" if len(rest) > 1 else "the parameter is"
        yield Variant(f"{all_} rounded to {name}", cure, _narrowed(call, narrow, rest))
        for place in rest if len(rest) > 1 else []:
            what = "the weight" if place == 1 else "the bias" if place == 2 else f"input {place}"
            cause = f"{what}, one of the parameters, is rounded to {name}"
            yield Variant(cause, cure, _narrowed(call, narrow, [place]))
        everything = _narrowed(call, narrow, [0, *rest])
        yield Variant(f"all that goes in is rounded to {name}", cure, everything)
        both = [k for k in (0, 1) if k in (0, *rest)]
        if len(rest) > 1:
            cause = f"what goes in and the weight are rounded to {name}"
            yield Variant(cause, cure, _narrowed(call, narrow, both))
        told = f"all that goes in, and the result, are rounded to {name}"
        yield Variant(told, cure, lambda c, a, k, r=everything, n=narrow: n(r(c, a, k)))
        if call.name == "linear" and len(rest) == 2:
            for told, added in (
                (f"the product is computed in {name}, the bias added after it", lambda b: b),
                (f"the product is computed in {name}, and the sum with the bias", narrow),
            ):
                run = of_arguments(lambda a, k, n=narrow, f=added: _product(a, n, f))
                yield Variant(told, cure, run)


def _product(args: Any, narrow: Any, added: Any) -> Any:
    """A linear layer whose product is rounded before the bias comes to it."""
    x, w, b = args
    y = narrow(narrow(x) @ narrow(w).mT) + added(b)
    return y if added(b) is b else narrow(y)


def narrowings() -> dict[str, Callable[[Any], Any]]:
    """Type -> a function that rounds tensors to it, and leaves them in the type that they have."""
    import torch

    def to(dtype: Any, tree: Any) -> Any:
        if isinstance(tree, torch.Tensor) and tree.is_floating_point():
            if dtype is None:  # TF32: bfloat16's range, 11 binary digits
                fraction, power = torch.frexp(tree)
                return torch.ldexp((fraction * 2**11).round() / 2**11, power)
            return tree.to(dtype).to(tree.dtype)
        if isinstance(tree, list | tuple):
            return type(tree)(to(dtype, part) for part in tree)
        return tree

    types = {name: getattr(torch, name) for name in ("float32", "bfloat16", "float16")}
    return {name: partial(to, dtype) for name, dtype in (types | {"TF32": None}).items()}


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

    inputs = _given([*earlier, call])
    whole: list[tuple[Any, Any]] = [
        (place, source) for place, source in call.sources.items() if place[0] != "**"
    ]
    if call.args and (0,) not in call.sources and isinstance(call.args[0], torch.Tensor):
        whole.append(((0,), (len(earlier), 0)))
    for place, source in whole:
        own: Any = call.args
        for index in place:
            own = own[index]
        known = source[0] < len(earlier)
        name = f"the result of {earlier[source[0]].title}" if known else "PyTorch's"
        others = [
            (f"the result of {other.title}", tensor)
            for other in reversed(earlier)
            for number, tensor in enumerate(other.outputs)
            if (other.number, number) != source
        ]
        others += [("another input of the program", tensor) for tensor in inputs]
        others = [
            (told, tensor)
            for told, tensor in others
            if tensor.shape == own.shape and not torch.equal(tensor, own)
        ]
        for told, tensor in others[:REWIRED]:

            def run(args: Any, kwargs: Any, place: Any = place, tensor: Any = tensor) -> Any:
                return call.function(*_put(args, place, tensor), **kwargs)

            cure = f"feed it with {name}" if known else "feed it with the input that PyTorch has"
            cause = f"its input is {told}, not {name}".replace("not the result of", "not of")
            yield Variant(cause, cure, of_arguments(run))


def _given(calls: Sequence[Call]) -> list[Any]:
    """What goes into a program, as far as its calls take it first: no call's result."""
    import torch

    found: list[Any] = []
    for call in calls:
        tensor = call.args[0] if call.args and (0,) not in call.sources else None
        if not isinstance(tensor, torch.Tensor) or not tensor.is_floating_point():
            continue
        if not any(tensor.shape == t.shape and torch.equal(tensor, t) for t in found):
            found.append(tensor)
    return found


def exchanged(call: Call, calls: Sequence[Call]) -> Iterator[Variant]:
    """The parameters are those of another layer of the kind."""
    own = _parameters(call)
    told: set[str] = set()
    for other in calls:
        if not own or other.name != call.name or other.module in (call.module, *told):
            continue
        theirs = _parameters(other)
        if {k: t.shape for k, t in theirs.items()} != {k: t.shape for k, t in own.items()}:
            continue
        told.add(other.module)

        def run(args: Any, kwargs: Any, new: Any = theirs) -> Any:
            named = {k: new.get(k, a) for k, a in kwargs.items()}
            return call.function(*(new.get(k, a) for k, a in enumerate(args)), **named)

        yield Variant(
            f"the parameters are those of {other.module}, not of {call.module}",
            f"{call.module}'s own",
            of_arguments(run),
        )


def _parameters(call: Call) -> dict[Any, Any]:
    """The tensors behind the first that are no call's result, by place or name."""
    import torch

    return {
        k: a
        for k, a in (*enumerate(call.args), *call.kwargs.items())
        if isinstance(a, torch.Tensor) and a.is_floating_point()
        if k and (k,) not in call.sources and ("**", k) not in call.sources
    }


def joined(call: Call, earlier: Sequence[Call]) -> Iterator[Variant]:
    """Another value of the program is added to the result, or multiplied onto it."""
    import torch

    shape, found = call.outputs[0].shape, 0
    for other in reversed(earlier):
        for tensor in other.outputs:
            if not tensor.is_floating_point() or tensor.ndim > len(shape) or tensor.numel() < 2:
                continue
            if any(a not in (1, b) for a, b in zip(tensor.shape[::-1], shape[::-1], strict=False)):
                continue
            found += 1
            if found > REWIRED:
                return
            for name, function in (("added to", torch.add), ("multiplied onto", torch.mul)):
                yield Variant(
                    f"the result of {other.title} is {name} that of {call.title}",
                    f"take {call.name} as it is",
                    after(lambda y, f=function, t=tensor: f(y, t) if hasattr(y, "dtype") else y),
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
