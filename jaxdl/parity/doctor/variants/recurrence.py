"""Recurrences done otherwise: the order of the gates, biases, where the reset gate stands."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product
from typing import Any

from jaxdl.parity.calls import Call
from jaxdl.parity.doctor.variants.variant import Variant, of_arguments

GATES = {"lstm": "ifgo", "gru": "rzn", "rnn_tanh": "h", "rnn_relu": "h"}


def layers(call: Call) -> Iterator[Variant]:
    """`lstm`, `gru`, `rnn_tanh`, `rnn_relu`, on a batch or on packed sequences."""
    kind = call.name
    packed = hasattr(call.args[1], "dim") and call.args[1].dim() == 1
    place = 3 if packed else 2

    def with_weights(change: Any) -> Any:
        def run(args: Any, kwargs: Any) -> Any:
            weights = list(args[place])
            return call.function(*args[:place], change(weights), *args[place + 1 :], **kwargs)

        return of_arguments(run)

    has_bias = bool(call.args[place + 1])
    gates = len(GATES[kind])
    yield from _weights(kind, gates, has_bias, with_weights)
    if packed:
        return
    args = call.args
    bidirectional, first = bool(args[7]), bool(args[8])
    if bidirectional:

        def exchanged(args: Any, kwargs: Any) -> Any:
            found = call.function(*args, **kwargs)
            one, other = found[0].chunk(2, -1)
            return (_cat([other, one], -1), *found[1:])

        yield Variant(
            "the two directions are exchanged",
            "forward first, then backward",
            of_arguments(exchanged),
        )

        def unturned(args: Any, kwargs: Any) -> Any:
            found = call.function(*args, **kwargs)
            one, other = found[0].chunk(2, -1)
            return (_cat([one, other.flip(1 if first else 0)], -1), *found[1:])

        yield Variant(
            "the backward direction's outputs are not turned back",
            "reverse them in time before they are joined",
            of_arguments(unturned),
        )

        def summed(args: Any, kwargs: Any) -> Any:
            found = call.function(*args, **kwargs)
            one, other = found[0].chunk(2, -1)
            return (_cat([one + other, one + other], -1), *found[1:])

        yield Variant(
            "the two directions are added", "join them: jnp.concatenate", of_arguments(summed)
        )
    x = args[0]
    if x.ndim == 3 and x.shape[0] == x.shape[1]:
        turned = of_arguments(lambda a, k: call.function(a[0].transpose(0, 1), *a[1:], **k))
        yield Variant("batch and time are exchanged", f"PyTorch has batch_first={first}", turned)
    reverse = of_arguments(lambda a, k: call.function(a[0].flip(1 if first else 0), *a[1:], **k))
    yield Variant("the sequence runs backwards", "go from the first step to the last", reverse)
    state = args[1]
    states = state if isinstance(state, tuple | list) else (state,)
    if any(bool(s.any()) for s in states):
        zero = of_arguments(
            lambda a, k: call.function(
                a[0],
                type(a[1])(0 * s for s in a[1]) if isinstance(a[1], tuple | list) else 0 * a[1],
                *a[2:],
                **k,
            )
        )
        yield Variant("the initial state is left out", "start with the given state", zero)
    if len(states) == 2 and states[0].shape == states[1].shape:
        both = of_arguments(
            lambda a, k: call.function(a[0], type(a[1])(reversed(a[1])), *a[2:], **k)
        )
        yield Variant(
            "h and c of the initial state are exchanged", "(h, c) in PyTorch, (c, h) in Flax", both
        )
    if kind == "gru":
        yield from _gru_ways(call, place)
    if kind.startswith("rnn"):
        import torch

        other = torch.rnn_relu if kind == "rnn_tanh" else torch.rnn_tanh
        yield Variant(
            f"the nonlinearity is {'relu' if kind == 'rnn_tanh' else 'tanh'}",
            f"PyTorch has {kind[4:]}",
            of_arguments(lambda a, k: other(*a, **k)),
        )


def cell(call: Call) -> Iterator[Variant]:
    """`lstm_cell`, `gru_cell`, `rnn_tanh_cell`, `rnn_relu_cell`."""
    kind = call.name.removesuffix("_cell")
    gates = len(GATES[kind])
    has_bias = call.args[4] is not None if len(call.args) > 4 else False

    def with_weights(change: Any) -> Any:
        def run(args: Any, kwargs: Any) -> Any:
            weights = change([w for w in args[2:6] if w is not None])
            weights += [None] * (len(args[2:6]) - len(weights))
            return call.function(*args[:2], *weights, **kwargs)

        return of_arguments(run)

    yield from _weights(kind, gates, has_bias, with_weights)
    if kind == "gru":
        yield Variant(
            "the reset gate is applied before the product with the state (Cho et al.)",
            "n = tanh(W x + b + r * (U h + c))",
            of_arguments(lambda a, k: _gru_step(*a[:6], before=True)),
        )
        yield from _update_gate(lambda **ways: of_arguments(lambda a, k: _gru_step(*a[:6], **ways)))


def _weights(kind: str, gates: int, has_bias: bool, made: Any) -> Iterator[Variant]:
    """Gates in another order, a bias of two left out, a wrong sum."""
    names = GATES[kind]
    each = 4 if has_bias else 2
    for order in permutations(range(gates)):
        if order == tuple(range(gates)):
            continue
        told = "".join(names[k] for k in order)
        for what, which in (
            ("gates", (0, 1, 2, 3)),
            ("gates of the biases", (2, 3)),
            ("gates of the input's weights", (0, 2)),
            ("gates of the state's weights", (1, 3)),
            ("gates of the weights, not of the biases,", (0, 1)),
        ):
            if not has_bias and what != "gates":
                continue

            def change(weights: Any, order: Any = order, which: Any = which) -> Any:
                return [
                    _cat([w.chunk(gates)[k] for k in order], 0) if place % each in which else w
                    for place, w in enumerate(weights)
                ]

            yield Variant(
                f"the {what} stand in the order {told}, not {names}",
                f"PyTorch's rows are {', '.join(names)}, one block below the other",
                made(change),
            )
    if has_bias:
        for cause, which, factor in (
            ("the input's bias b_ih is left out", 2, 0.0),
            ("the state's bias b_hh is left out", 3, 0.0),
            ("the input's bias b_ih counts twice", 2, 2.0),
            ("the state's bias b_hh counts twice", 3, 2.0),
        ):
            yield Variant(
                cause,
                "add both biases",
                made(
                    lambda ws, w=which, f=factor: [
                        x * f if k % 4 == w else x for k, x in enumerate(ws)
                    ]
                ),
            )
        yield Variant(
            "both biases are left out",
            "add both biases",
            made(lambda ws: [x * 0 if k % 4 in (2, 3) else x for k, x in enumerate(ws)]),
        )
    if kind == "gru" and has_bias:

        def last(weights: Any, which: int = 3) -> Any:
            found = []
            for place, w in enumerate(weights):
                if place % 4 == which:
                    r, z, n = w.chunk(3)
                    w = _cat([r, z, n * 0], 0)
                found.append(w)
            return found

        yield Variant(
            "the state's bias of the new gate, b_hn, is left out",
            "jaxdl.nn.GRU; flax.nnx.GRUCell has no b_hn",
            made(last),
        )

        def merged(weights: Any) -> Any:
            found = list(weights)
            for place in range(0, len(weights), 4):
                one, two = weights[place + 2], weights[place + 3]
                found[place + 2], found[place + 3] = one + two, two * 0
            return found

        yield Variant(
            "both biases are added before the reset gate",
            "n = tanh(W x + b_in + r * (U h + b_hn))",
            made(merged),
        )
    if kind == "lstm" and has_bias:
        for gate, add in product((0, 1), (1.0, -1.0)):

            def plus(weights: Any, gate: int = gate, add: float = add) -> Any:
                found = []
                for place, w in enumerate(weights):
                    if place % 4 == 2:
                        parts = list(w.chunk(4))
                        parts[gate] = parts[gate] + add
                        w = _cat(parts, 0)
                    found.append(w)
                return found

            yield Variant(
                f"{add:+g} is added in the {('input', 'forget')[gate]} gate",
                "take the biases as they are",
                made(plus),
            )
    for cause, which in (
        ("the input's weights are not transposed", 0),
        ("the state's weights are not transposed", 1),
    ):
        yield Variant(
            cause,
            "kernel = weight.T",
            made(
                lambda ws, w=which: [
                    _turned(x, gates) if k % each == w else x for k, x in enumerate(ws)
                ]
            ),
        )


def _turned(w: Any, gates: int) -> Any:
    """Each gate's block transposed, where it is square."""
    parts = w.chunk(gates)
    return _cat([p.T if p.shape[0] == p.shape[1] else p for p in parts], 0)


def _gru_ways(call: Call, place: int) -> Iterator[Variant]:
    """A GRU of one layer and direction, step by step."""
    args = call.args
    if args[4] != 1 or args[7]:
        return

    def stepped(**ways: Any) -> Any:
        def run(args: Any, kwargs: Any) -> Any:
            import torch

            x, h, weights = args[0], args[1], list(args[place])
            weights += [None] * (4 - len(weights))
            x = x.transpose(0, 1) if args[8] else x
            state, found = h[0], []
            for step in x:
                state = _gru_step(step, state, *weights, **ways)
                found.append(state)
            y = torch.stack(found)
            return (y.transpose(0, 1) if args[8] else y), state[None]

        return of_arguments(run)

    yield Variant(
        "the reset gate is applied before the product with the state (Cho et al.)",
        "n = tanh(W x + b + r * (U h + c))",
        stepped(before=True),
    )
    yield from _update_gate(stepped)


def _update_gate(made: Any) -> Iterator[Variant]:
    yield Variant(
        "the update gate is the other way round: z keeps the new state",
        "h = (1 - z) * n + z * h",
        made(flipped=True),
    )
    yield Variant("the new gate has no tanh", "n = tanh(…)", made(linear=True))


def _gru_step(
    x: Any,
    h: Any,
    wi: Any,
    wh: Any,
    bi: Any = None,
    bh: Any = None,
    *,
    before: bool = False,
    flipped: bool = False,
    linear: bool = False,
) -> Any:
    import torch
    from torch.nn.functional import linear as product_

    ir, iz, i_n = product_(x, wi, bi).chunk(3, -1)
    hr, hz, hn = product_(h, wh, bh).chunk(3, -1)
    r, z = torch.sigmoid(ir + hr), torch.sigmoid(iz + hz)
    if before:
        hn = product_(r * h, wh.chunk(3)[2], None if bh is None else bh.chunk(3)[2])
        r = 1.0
    n = i_n + r * hn
    n = n if linear else torch.tanh(n)
    return z * n + (1 - z) * h if flipped else (1 - z) * n + z * h


def _cat(parts: Any, axis: int) -> Any:
    import torch

    return torch.cat(list(parts), axis)


TABLE = dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), layers) | dict.fromkeys(
    ("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell"), cell
)
