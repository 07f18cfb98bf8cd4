"""Functions taken for one another: remainders, roundings, running sums, medians, scatters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from jaxdl.parity.calls import Call, Reaching
from jaxdl.parity.doctor.calls.values import Values
from jaxdl.parity.doctor.calls.variants.variant import Argument, Variant, after, of_arguments

DIM = Argument(1, "dim")
ROUNDINGS = ("floor", "ceil", "trunc", "round")


def remainder(call: Call) -> Iterator[Variant]:
    """`fmod` has the sign of what is divided, `remainder` and `jnp.mod` that of the divisor."""
    import torch

    other = torch.remainder if call.name == "fmod" else torch.fmod
    whose = {"fmod": "what is divided", "remainder": "the divisor"}
    name = "remainder" if call.name == "fmod" else "fmod"
    yield Variant(
        f"the remainder has the sign of {whose[name]} ({name}), not of {whose[call.name]}",
        "jnp.fmod" if call.name == "fmod" else "jnp.mod",
        of_arguments(lambda a, k: other(*a[:2])),
    )


def rounding(call: Call) -> Iterator[Variant]:
    """`floor`, `ceil`, `trunc`, `round`: one for the other."""
    import torch

    for name in ROUNDINGS:
        if name != call.name:
            run = of_arguments(lambda a, k, n=name: getattr(torch, n)(a[0]))
            yield Variant(f"it is {name}, not {call.name}", f"jnp.{call.name}", run)
    if call.name == "round":
        half = of_arguments(lambda a, k: torch.trunc(a[0] + a[0].sign() / 2))
        yield Variant("halves are rounded away from zero, not to even", "jnp.round", half)


def running(call: Call) -> Iterator[Variant]:
    """`cumsum`, `cumprod`: without the place itself, from the end, along another axis."""
    import torch

    neutral = 0.0 if call.name == "cumsum" else 1.0
    axis = int(DIM.of(call.args, call.kwargs)) % call.outputs[0].ndim

    def exclusive(y: Any) -> Any:
        first = torch.full_like(y.narrow(axis, 0, 1), neutral)
        return torch.cat([first, y.narrow(axis, 0, y.shape[axis] - 1)], axis)

    def turned(function: Callable[[Any], Any]) -> Any:
        return of_arguments(
            lambda a, k: function(call.function(a[0].flip(axis), *a[1:], **k)).flip(axis)
        )

    cure = f"jnp.{call.name}(x, axis={axis})"
    yield Variant("each place's own number is left out of it", cure, after(exclusive))
    yield Variant("it runs from the end to the start", cure, turned(lambda y: y))
    told = "it runs from the end to the start, each place's own number left out"
    yield Variant(told, cure, turned(exclusive))
    for other in range(call.outputs[0].ndim):
        if other != axis:
            run = of_arguments(lambda a, k, o=other: getattr(torch, call.name)(a[0], o))
            yield Variant(f"it runs along axis {other}, not {axis}", cure, run)


def median(call: Call) -> Iterator[Variant]:
    """`median`: of an even number PyTorch takes the lower of the two in the middle."""
    dim = DIM.of(call.args, call.kwargs)
    keep = call.kwargs.get("keepdim", False)

    def mean(a: Any, k: Any) -> Any:
        if dim is None:
            return a[0].quantile(0.5)
        found = a[0].quantile(0.5, dim, keepdim=keep)
        return found, call.function(*a, **k)[1]

    told = "of an even number the mean of the two in the middle is taken, not the lower one"
    cure = "jnp.sort(x, axis)[(n - 1) // 2], or jnp.quantile(x, 0.5, axis, method='lower')"
    yield Variant(told, cure, of_arguments(mean))
    upper = of_arguments(lambda a, k: (-call.function(-a[0], *a[1:], **k)) if dim is None else (
        -call.function(-a[0], *a[1:], **k)[0], call.function(*a, **k)[1]
    ))  # fmt: skip
    yield Variant("of the two in the middle the upper one is taken", cure, upper)


def sorted_(call: Call) -> Iterator[Variant]:
    """`sort`, `topk`: in the other order, along another axis."""
    import torch

    if call.name == "topk":
        k, dim = Argument(1, "k").of(call.args, call.kwargs), Argument(2, "dim", -1)
        dim = int(dim.of(call.args, call.kwargs))
        largest = bool(Argument(3, "largest", True).of(call.args, call.kwargs))
        taken, own = ("smallest", "largest") if largest else ("largest", "smallest")
        run = of_arguments(lambda a, kw: torch.topk(a[0], k, dim, largest=not largest))
        cure = "jax.lax.top_k takes the largest along the last axis"
        yield Variant(f"the {taken} are taken, not the {own}", cure, run)
    else:
        dim = int(Argument(1, "dim", -1).of(call.args, call.kwargs))
    yield Variant(
        "it stands in the reverse order",
        "jnp.sort is ascending, lax.top_k descending",
        after(lambda y: type(y)([t.flip(dim) for t in y])),
    )


def scattered(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`index_add`, `scatter_add`, `scatter`…: set for add, the last of several; another index."""
    import torch

    if len(call.args) < 4 or not isinstance(call.args[1], int):
        return
    target, axis, index, source = call.args[:4]
    if not isinstance(source, torch.Tensor) or not isinstance(index, torch.Tensor):
        return
    whole = call.name.startswith("index")
    cure = ".at[index].set(…)" if call.name.endswith(("copy", "scatter")) else ".at[index].add(…)"

    def put(x: Any, index: Any, source: Any, add: bool) -> Any:
        x = x.clone()
        if whole:
            return x.index_add_(axis, index, source) if add else x.index_copy_(axis, index, source)
        return x.scatter_add_(axis, index, source) if add else x.scatter_(axis, index, source)

    adding = call.name.endswith("add")
    if adding:
        told = "several that go to one place are not added: the last is set"
        run = of_arguments(lambda a, k: put(torch.zeros_like(a[0]) + a[0], index, a[3], False))
        yield Variant(told, cure, run)
    else:
        told = "they are added to what stands there, not set"
        yield Variant(told, cure, of_arguments(lambda a, k: put(a[0], index, a[3], True)))
    yield Variant(
        "what was there before is left out",
        "begin with PyTorch's array",
        of_arguments(lambda a, k: call.function(torch.zeros_like(a[0]), *a[1:], **k)),
    )
    place = call.sources.get((3,))
    if place is None or not whole:
        return
    read = calls[place[0]]
    theirs = _index(read)
    if theirs is None or theirs.shape != index.shape or int(theirs.max()) >= target.shape[axis]:
        return

    def exchanged(args: Any, kwargs: Any, given: Any) -> Any:
        return put(args[0], theirs, given[0][0][0].index_select(axis, index), adding)

    if int(index.max()) < read.args[0].shape[axis]:
        yield Variant(
            "the indices that are read and those that are written are exchanged",
            "sources are read, targets written: .at[target].add(x[source])",
            Reaching((read,), exchanged),
        )


def _index(call: Call) -> Any:
    """The whole numbers by which `x[index]` or `index_select` reads along the first axis."""
    import torch

    if call.name == "index_select":
        return call.args[2]
    if call.name != "getitem":
        return None
    index = call.args[1]
    index = index[0] if isinstance(index, tuple) and len(index) == 1 else index
    whole = isinstance(index, torch.Tensor) and index.dtype in (torch.int64, torch.int32)
    return index if whole else None


def indexed(call: Call) -> Iterator[Variant]:
    """`getitem` by whole numbers, `index_select`, `gather`: other places are read."""
    import torch

    for k, index in enumerate(call.args):
        if not k or isinstance(index, int):
            continue
        parts = list(index) if isinstance(index, tuple) else [index]
        for j, part in enumerate(parts):
            if not isinstance(part, torch.Tensor) or part.dtype not in (torch.int64, torch.int32):
                continue
            axis = int(call.args[1]) if call.name in ("gather", "index_select") else j
            size = call.args[0].shape[axis]
            for told, new in (
                ("the last place is read each time", torch.full_like(part, size - 1)),
                ("the first place is read each time", torch.zeros_like(part)),
                ("the place after it is read", (part + 1).clamp(max=size - 1)),
                ("the place before it is read", (part - 1).clamp(min=0)),
                ("it is counted from the end", size - 1 - part),
            ):
                given = (*parts[:j], new, *parts[j + 1 :])
                given = given if isinstance(index, tuple) else given[0]
                run = of_arguments(
                    lambda a, kw, k=k, g=given: call.function(*a[:k], g, *a[k + 1 :], **kw)
                )
                yield Variant(f"{told}, along axis {axis}", "the index as in PyTorch", run)


TABLE = (
    dict.fromkeys(("fmod", "remainder"), remainder)
    | dict.fromkeys(ROUNDINGS, rounding)
    | dict.fromkeys(("cumsum", "cumprod"), running)
    | {"median": median, "nanmedian": median}
    | dict.fromkeys(("sort", "topk"), sorted_)
    | dict.fromkeys(("getitem", "gather", "index_select"), indexed)
)
WITHIN = dict.fromkeys(("index_add", "index_copy", "scatter_add", "scatter"), scattered)
