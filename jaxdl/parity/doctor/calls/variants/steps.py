"""Recurrences in plain PyTorch, step by step, in ways that no option of PyTorch's has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

GATES = {"lstm": "ifgo", "gru": "rzn", "rnn_tanh": "h", "rnn_relu": "h"}


@dataclass(frozen=True)
class Recurrence:
    """What `lstm`, `gru`, `rnn_tanh` or `rnn_relu` was called with.

    Args:
        kind: the function's name.
        x: (time, batch, width), or (batch, time, width); the numbers of packed sequences.
        packed: how many sequences each step has; None: nothing is packed.
        state: h, or h and c, each (layers · directions, batch, hidden).
        weights: of all cells, one after the other.
        bias: each cell has two.
        layers, directions: how many there are.
        time_axis: of x, 0 or 1.
        place: of the weights among the arguments.
    """

    kind: str
    x: Any
    packed: Any
    state: tuple[Any, ...]
    weights: list[Any]
    bias: bool
    layers: int
    directions: int
    time_axis: int
    place: int

    @classmethod
    def of(cls, kind: str, args: tuple[Any, ...]) -> Recurrence:
        """Of the arguments: (x, state, weights, bias, layers, dropout, train, both ways, batch
        first), or of packed sequences (x, sizes, state, weights, bias, layers, …).
        """
        packed = hasattr(args[1], "dim") and args[1].dim() == 1
        place = 3 if packed else 2
        state = args[place - 1]
        return cls(
            kind,
            args[0],
            args[1] if packed else None,
            tuple(state) if isinstance(state, tuple | list) else (state,),
            list(args[place]),
            bool(args[place + 1]),
            args[place + 2],
            2 if args[place + 5] else 1,
            0 if packed or not args[place + 6] else 1,
            place,
        )


def ways(kind: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(cause, cure, what `step` and `run` are to do otherwise) of one kind."""
    cure = "h = (1 - z) * n + z * h with n = tanh(W x + b + r * (U h + c))"
    if kind == "gru":
        yield (
            "the reset gate is applied before the product with the state (Cho et al.)",
            cure,
            {"reset": "before"},
        )
        yield (
            "the reset gate is applied before the product with the state, its bias outside",
            cure,
            {"reset": "outside"},
        )
        yield "the new state is computed without the reset gate", cure, {"reset": "none"}
        yield "the reset gate is applied to the input's part, too", cure, {"reset": "both"}
        yield (
            "the update gate is the other way round: z keeps the new state",
            cure,
            {"flipped": True},
        )
        yield "the new gate has no tanh", cure, {"inner": "none"}
    if kind == "lstm":
        cure = "c = f * c + i * g, h = o * tanh(c)"
        yield "the output has no tanh: h = o * c", cure, {"outer": "none"}
        yield "the cell gate g has no tanh", cure, {"inner": "none"}
        yield "the cell gate g goes through a sigmoid", cure, {"inner": "sigmoid"}
        yield "the forget gate is 1 - i", cure, {"coupled": True}
        yield "the forget gate is left out: c = c + i * g", cure, {"left_out": "f"}
        yield "the input gate is left out: c = f * c + g", cure, {"left_out": "i"}
        yield "the output gate is left out: h = tanh(c)", cure, {"left_out": "o"}
        yield "1 is added to the forget gate, after the sigmoid", cure, {"plus": 1.0}
    if kind in ("lstm", "gru"):
        gate = "the gates go through a hard sigmoid, "
        yield f"{gate}clip(0.2 x + 0.5)", "jax.nn.sigmoid", {"gate": "keras"}
        yield f"{gate}clip(x / 6 + 0.5)", "jax.nn.sigmoid", {"gate": "hard"}
        yield "relu stands for tanh", "jnp.tanh", {"inner": "relu", "outer": "relu"}
    if kind.startswith("rnn"):
        own = kind.removeprefix("rnn_")
        for other in ("tanh", "relu", "sigmoid", "none"):
            if other != own:
                yield f"the nonlinearity is {other}", f"PyTorch has {own}", {"inner": other}
    yield "each step begins with the initial state", "carry the state on", {"carried": False}


def step(
    kind: str,
    x: Any,
    state: tuple[Any, ...],
    weights: list[Any],
    *,
    reset: str = "",
    flipped: bool = False,
    inner: str = "",
    outer: str = "tanh",
    coupled: bool = False,
    left_out: str = "",
    plus: float = 0.0,
    gate: str = "",
) -> tuple[Any, ...]:
    """The next state of one cell: (h,), or (h, c)."""
    import torch
    from torch.nn.functional import linear

    wi, wh, bi, bh = [*weights, None, None][:4]
    h = state[0]
    count = len(GATES[kind])
    xs, hs = linear(x, wi, bi).chunk(count, -1), linear(h, wh, bh).chunk(count, -1)
    squash = {
        "": torch.sigmoid,
        "keras": lambda x: (0.2 * x + 0.5).clamp(0, 1),
        "hard": lambda x: (x / 6 + 0.5).clamp(0, 1),
    }[gate]
    function = {
        "": torch.relu if kind == "rnn_relu" else torch.tanh,
        "tanh": torch.tanh,
        "relu": torch.relu,
        "sigmoid": torch.sigmoid,
        "none": lambda x: x,
    }
    if kind == "lstm":
        i, f, g, o = (a + b for a, b in zip(xs, hs, strict=True))
        i, f, o = (squash(p) for p in (i, f, o))
        f = 1 - i if coupled else f + plus
        i, f, o = (
            torch.ones_like(p) if n == left_out else p
            for n, p in zip("ifo", (i, f, o), strict=True)
        )
        c = f * state[1] + i * function[inner](g)
        return o * function[outer](c), c
    if kind == "gru":
        r, z = squash(xs[0] + hs[0]), squash(xs[1] + hs[1])
        u = wh.chunk(3)[2]
        b = 0 if bh is None else bh.chunk(3)[2]
        n = {
            "": lambda: xs[2] + r * hs[2],
            "before": lambda: xs[2] + linear(r * h, u) + b,
            "outside": lambda: xs[2] + r * linear(h, u) + b,
            "none": lambda: xs[2] + hs[2],
            "both": lambda: r * (xs[2] + hs[2]),
        }[reset]()
        n = function[inner](n)
        return (z * n + (1 - z) * h if flipped else (1 - z) * n + z * h,)
    return (function[inner](xs[0] + hs[0]),)


def run(
    given: Recurrence,
    *,
    unmasked: bool = False,
    pads: Any = None,
    carried: bool = True,
    **ways: Any,
) -> tuple[Any, ...]:
    """All of it: what PyTorch's function gives.

    Args:
        given: the call.
        unmasked: steps of padding change the state.
        pads: (time, batch, width): what the padding is; None: zeros.
        carried: the state goes on to the next step.
        ways: as those of `step`.
    """
    import torch
    from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

    x, lengths, seen = given.x.transpose(0, given.time_axis), None, None
    if given.packed is not None:
        padded = PackedSequence(given.x, given.packed)
        x, lengths = pad_packed_sequence(padded)
        if pads is not None:  # in the order of the lengths, as the packed ones are
            first = [
                next(k for k in range(pads.shape[1]) if torch.equal(pads[:n, k], x[:n, b]))
                for b, n in enumerate(lengths.tolist())
            ]
            x = pads[:, first]
        seen = torch.arange(len(x))[:, None] < lengths
    cells = given.layers * given.directions
    each = len(given.weights) // cells
    last: list[tuple[Any, ...]] = []
    for layer in range(given.layers):
        outputs = []
        for direction in range(given.directions):
            k = layer * given.directions + direction
            weights = given.weights[k * each : (k + 1) * each]
            start = state = tuple(s[k] for s in given.state)
            row: list[Any] = [None] * len(x)
            for t in reversed(range(len(x))) if direction else range(len(x)):
                new = step(given.kind, x[t], state if carried else start, weights, **ways)
                if seen is not None and not unmasked:
                    new = tuple(
                        torch.where(seen[t, :, None], a, b) for a, b in zip(new, state, strict=True)
                    )
                state = new
                row[t] = state[0]
            outputs.append(torch.stack(row))
            last.append(state)
        x = torch.cat(outputs, -1)
    states = tuple(torch.stack(part) for part in zip(*last, strict=True))
    if lengths is not None:
        return (pack_padded_sequence(x, lengths).data, *states)
    return (x.transpose(0, given.time_axis), *states)
