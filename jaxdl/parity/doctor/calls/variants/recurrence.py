"""Recurrences done otherwise: the order of the gates, biases, states, directions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import permutations
from typing import Any

from jaxdl.parity.calls import Call, Reaching
from jaxdl.parity.doctor.calls.values import Values
from jaxdl.parity.doctor.calls.variants import steps
from jaxdl.parity.doctor.calls.variants.gate_weights import other_weights
from jaxdl.parity.doctor.calls.variants.steps import Recurrence
from jaxdl.parity.doctor.calls.variants.variant import Variant, of_arguments

RECURRENT = ("lstm", "gru", "rnn_tanh", "rnn_relu")
PARTS = {
    "parameters": (0, 1, 2, 3),
    "parameters of the input": (0, 2),
    "parameters of the state": (1, 3),
    "matrices of the input": (0,),
    "matrices of the state": (1,),
}


def layers(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`lstm`, `gru`, `rnn_tanh`, `rnn_relu`, on a batch or on packed sequences."""
    given = Recurrence.of(call.name, call.args)
    place = given.place

    def with_weights(change: Any) -> Any:
        def run(args: Any, kwargs: Any) -> Any:
            weights = change(list(args[place]))
            return call.function(*args[:place], weights, *args[place + 1 :], **kwargs)

        return of_arguments(run)

    yield from other_weights(call.name, given.bias, with_weights)
    yield from _stacked(given, with_weights)
    yield from _results(call, given)
    yield from _states(call, given)
    yield from _sequences(call, given, calls)

    def stepped(**ways: Any) -> Any:
        return of_arguments(lambda a, k: steps.run(Recurrence.of(call.name, a), **ways))

    for cause, cure, ways in steps.ways(call.name):
        yield Variant(cause, cure, stepped(**ways))


def cell(call: Call) -> Iterator[Variant]:
    """`lstm_cell`, `gru_cell`, `rnn_tanh_cell`, `rnn_relu_cell`."""
    kind = call.name.removesuffix("_cell")
    has_bias = call.args[4] is not None if len(call.args) > 4 else False

    def with_weights(change: Any) -> Any:
        def run(args: Any, kwargs: Any) -> Any:
            weights = change([w for w in args[2:6] if w is not None])
            weights += [None] * (len(args[2:6]) - len(weights))
            return call.function(*args[:2], *weights, **kwargs)

        return of_arguments(run)

    yield from other_weights(kind, has_bias, with_weights)

    def once(args: Any, ways: Any) -> Any:
        state = args[1] if isinstance(args[1], tuple | list) else (args[1],)
        found = steps.step(kind, args[0], tuple(state), list(args[2:6]), **ways)
        return found if kind == "lstm" else found[0]

    for cause, cure, ways in steps.ways(kind):
        if not {"carried", "unmasked"} & set(ways):
            yield Variant(cause, cure, of_arguments(lambda a, k, w=ways: once(a, w)))
    if kind == "lstm":
        exchanged = of_arguments(lambda a, k: call.function(a[0], a[1][::-1], *a[2:], **k))
        yield Variant(
            "h and c of the state that goes in are exchanged", "(h, c) in PyTorch", exchanged
        )
        yield Variant(
            "h and c of the state that comes out are exchanged",
            "(h, c) in PyTorch",
            of_arguments(lambda a, k: call.function(*a, **k)[::-1]),
        )


def _stacked(given: Recurrence, made: Any) -> Iterator[Variant]:
    """The cells of layers and directions, taken for each other."""
    weights = given.weights
    each = len(weights) // (given.layers * given.directions)
    cells = [list(range(k, k + each)) for k in range(0, len(weights), each)]
    names = [
        f"layer {k // given.directions}{', backwards' if k % given.directions else ''}"
        for k in range(len(cells))
    ]
    shapes = [[tuple(weights[i].shape) for i in cell] for cell in cells]
    for a, b in permutations(range(len(cells)), 2):

        def other(ws: Any, places: Any, a: int = a, b: int = b, swap: bool = False) -> Any:
            found = list(ws)
            for k in places:
                i, j = cells[a][k], cells[b][k]
                found[i] = ws[j]
                found[j] = ws[i] if swap else ws[j]
            return found

        for what, places in PARTS.items():
            there = [k for k in places if k < each]
            if not there or any(shapes[a][k] != shapes[b][k] for k in there):
                continue
            yield Variant(
                f"the {what} of {names[b]} stand in for those of {names[a]}",
                "to each cell its own",
                made(lambda ws, o=other, there=there: o(ws, there)),
            )
            if a < b:
                yield Variant(
                    f"the {what} of {names[a]} and of {names[b]} are exchanged",
                    "to each cell its own",
                    made(lambda ws, o=other, there=there: o(ws, there, swap=True)),
                )


def _results(call: Call, given: Recurrence) -> Iterator[Variant]:
    """What is done with outputs and last states."""
    time = 0 if given.packed is not None else given.time_axis

    def after(change: Callable[[Any], Any]) -> Any:
        return of_arguments(lambda a, k: change(tuple(call.function(*a, **k))))

    if call.name == "lstm":
        yield Variant(
            "h and c of the last state are exchanged",
            "(h, c) in PyTorch; (c, h) in Flax's LSTMCell",
            after(lambda f: (f[0], f[2], f[1])),
        )
    if len(given.state[0]) > 1:
        yield Variant(
            "the last states of layers or directions stand in the reverse order",
            "(layers · directions, batch, hidden): layer by layer, forwards first",
            after(lambda f: (f[0], *(s.flip(0) for s in f[1:]))),
        )
    if given.directions == 1:
        return
    halves: tuple[tuple[str, str, Callable[[Any, Any], list[Any]]], ...] = (
        (
            "the two directions are exchanged",
            "forward first, then backward",
            lambda one, two: [two, one],
        ),
        (
            "the backward direction's outputs are not turned back",
            "reverse them in time before they are joined",
            lambda one, two: [one, two.flip(time)],
        ),
        (
            "the two directions are added",
            "join them: jnp.concatenate",
            lambda one, two: [one + two, one + two],
        ),
        ("the backward direction is left out", "bidirectional=True", lambda one, two: [one, one]),
    )
    for cause, cure, function in halves:
        yield Variant(
            cause, cure, after(lambda f, g=function: (_cat(g(*f[0].chunk(2, -1)), -1), *f[1:]))
        )


def _states(call: Call, given: Recurrence) -> Iterator[Variant]:
    """The state at the start."""
    place, several = given.place - 1, isinstance(call.args[given.place - 1], tuple | list)

    def with_state(change: Callable[[Any], Any]) -> Any:
        def run(args: Any, kwargs: Any) -> Any:
            old = tuple(args[place]) if several else (args[place],)
            new = tuple(s.contiguous() for s in change(old))
            return call.function(
                *args[:place], new if several else new[0], *args[place + 1 :], **kwargs
            )

        return of_arguments(run)

    if any(bool(s.any()) for s in given.state):
        yield Variant(
            "the initial state is left out",
            "start with the given state",
            with_state(lambda s: [0 * x for x in s]),
        )
        for k, name in enumerate("hc") if len(given.state) == 2 else ():
            yield Variant(
                f"{name} of the initial state is left out",
                "start with the given state",
                with_state(lambda s, k=k: [0 * x if i == k else x for i, x in enumerate(s)]),
            )
        if len(given.state[0]) > 1:
            yield Variant(
                "the initial states of layers or directions stand in the reverse order",
                "(layers · directions, batch, hidden): layer by layer, forwards first",
                with_state(lambda s: [x.flip(0) for x in s]),
            )
    if len(given.state) == 2 and given.state[0].shape == given.state[1].shape:
        yield Variant(
            "h and c of the initial state are exchanged",
            "(h, c) in PyTorch, (c, h) in Flax",
            with_state(lambda s: s[::-1]),
        )


def _sequences(call: Call, given: Recurrence, calls: Sequence[Call]) -> Iterator[Variant]:
    """The way through time, and what is padding."""
    if given.packed is None:
        x = given.x
        if x.shape[0] == x.shape[1] or not any(bool(s.any()) for s in given.state):
            place, count = given.place - 1, x.shape[given.time_axis]

            def turned(a: Any) -> tuple[Any, ...]:
                states = [s.new_zeros(s.shape[0], count, s.shape[2]) for s in given.state]
                state = a[place] if x.shape[0] == x.shape[1] else states
                several = isinstance(a[place], tuple | list)
                state = state if several or state is a[place] else state[0]
                return (a[0].transpose(0, 1), *a[1:place], state, *a[place + 1 :])

            def exchanged(a: Any, k: Any) -> Any:
                y, *states = call.function(*turned(a), **k)
                return (y.transpose(0, 1), *states)

            cure = f"PyTorch has batch_first={bool(given.time_axis)}"
            yield Variant("batch and time are exchanged", cure, of_arguments(exchanged))
            yield Variant(
                "batch and time are exchanged, and not exchanged back",
                cure,
                of_arguments(lambda a, k: call.function(*turned(a), **k)),
            )
        axis = given.time_axis
        cure = "go from the first step to the last"
        yield Variant(
            "the sequence runs backwards",
            cure,
            of_arguments(lambda a, k: call.function(a[0].flip(axis), *a[1:], **k)),
        )

        def back(a: Any, k: Any) -> Any:
            y, *states = call.function(a[0].flip(axis), *a[1:], **k)
            return (y.flip(axis), *states)

        yield Variant("the sequence runs backwards, and is turned back", cure, of_arguments(back))
        return
    cure = "carry the old state on: jnp.where(seen, new, old); pack_padded_sequence does"
    source = call.sources.get((0,))
    pack = calls[source[0]] if source else None
    whole = pack.args[0] if pack and pack.name == "pack_padded_sequence" else None
    if pack is not None and whole is not None:  # it is sorted by length before it is packed
        whole = whole if pack.args[2] else whole.transpose(0, 1)
    for what, padding in (("", whole), (", zeros at that,", "zeros")):
        if padding is not None:
            pads = None if isinstance(padding, str) else padding.transpose(0, 1)
            yield Variant(
                f"padded steps{what} change the state: it is not carried on over them",
                cure,
                of_arguments(
                    lambda a, k, p=pads: steps.run(
                        Recurrence.of(call.name, a), unmasked=True, pads=p
                    )
                ),
            )


def ends(call: Call, calls: Sequence[Call], values: Values) -> Iterator[Variant]:
    """`cat` of two last states, and `getitem` of the last outputs: the one for the other."""
    import torch

    parts = [calls[number] for number, _ in call.sources.values()] if call.name == "cat" else [call]
    read = {part.sources.get((0,)) for part in parts if part.name in ("getitem", "select")}
    found = next(iter(read), None)
    if len(read) != 1 or found is None or calls[found[0]].name not in RECURRENT:
        return
    source, k = calls[found[0]], found[1]
    given = Recurrence.of(source.name, source.args)
    if given.packed is not None:
        return
    axis, shape = given.time_axis, call.outputs[0].shape

    def last(args: Any, kwargs: Any, given: Any) -> Any:
        y, h, *_ = source.function(*given[0][0], **given[0][1])
        return y.select(axis, y.shape[axis] - 1) if k else torch.cat([h[-2], h[-1]], -1)

    if shape == (source.outputs[1].shape[1], 2 * source.outputs[1].shape[2]):
        told = (
            "the outputs' last step is taken: of the backward direction that is its first"
            if k
            else "the last states of both directions are taken, not the outputs' last step"
        )
        cure = "the last state of each direction: h[-2], h[-1]" if k else "y[:, -1]"
        yield Variant(told, cure, Reaching((source,), last))


def _cat(parts: Any, axis: int) -> Any:
    import torch

    return torch.cat(list(parts), axis)


TABLE = dict.fromkeys(("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell"), cell)
WITHIN = {
    **dict.fromkeys(RECURRENT, layers),
    **dict.fromkeys(("cat", "getitem", "select"), ends),
}
