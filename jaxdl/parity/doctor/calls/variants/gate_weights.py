"""A recurrence's weights taken otherwise: the order of the gates, the biases."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations
from typing import Any

from jaxdl.parity.doctor.calls.variants.steps import GATES
from jaxdl.parity.doctor.calls.variants.variant import Variant


def other_weights(kind: str, has_bias: bool, made: Any) -> Iterator[Variant]:
    """Gates in another order, a bias of two left out, a wrong sum."""
    names = GATES[kind]
    gates, each = len(names), 4 if has_bias else 2
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
        yield from _biases(kind, made)
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


def _biases(kind: str, made: Any) -> Iterator[Variant]:
    names = GATES[kind]

    def times(ih: float, hh: float, gate: int | None = None) -> Any:
        """Each of the two biases times a number, in one gate or in all."""

        def change(weights: Any) -> Any:
            found = list(weights)
            for k, w in enumerate(weights):
                factor = {2: ih, 3: hh}.get(k % 4)
                if factor is not None:
                    parts = w.chunk(len(names))
                    new = [p * factor if gate in (None, g) else p for g, p in enumerate(parts)]
                    found[k] = _cat(new, 0)
            return found

        return made(change)

    cure = "add both biases"
    yield Variant("the input's bias b_ih is left out", cure, times(0, 1))
    yield Variant("the state's bias b_hh is left out", cure, times(1, 0))
    yield Variant("both biases are left out", cure, times(0, 0))
    yield Variant("the input's bias b_ih counts twice", cure, times(2, 1))
    yield Variant("the state's bias b_hh counts twice", cure, times(1, 2))
    if kind == "gru":
        yield Variant(
            "the state's bias of the new gate, b_hn, is left out",
            "jaxdl.nn.GRU; flax.nnx.GRUCell has no b_hn",
            times(1, 0, 2),
        )

        def merged(weights: Any) -> Any:
            found = list(weights)
            for k in range(0, len(weights), 4):
                found[k + 2], found[k + 3] = weights[k + 2] + weights[k + 3], weights[k + 3] * 0
            return found

        yield Variant(
            "both biases are added before the reset gate",
            "n = tanh(W x + b_in + r * (U h + b_hn))",
            made(merged),
        )
    for gate, name in enumerate(names):
        if len(names) > 1:
            yield Variant(f"the biases of gate {name} are left out", cure, times(0, 0, gate))
        for add in (1.0, -1.0):

            def plus(weights: Any, gate: int = gate, add: float = add) -> Any:
                found = list(weights)
                for k in range(2, len(weights), 4):
                    parts = list(weights[k].chunk(len(names)))
                    parts[gate] = parts[gate] + add
                    found[k] = _cat(parts, 0)
                return found

            yield Variant(
                f"{add:+g} is added in gate {name}", "take the biases as they are", made(plus)
            )


def _turned(w: Any, gates: int) -> Any:
    """Each gate's block transposed, where it is square."""
    parts = w.chunk(gates)
    return _cat([p.T if p.shape[0] == p.shape[1] else p for p in parts], 0)


def _cat(parts: Any, axis: int) -> Any:
    import torch

    return torch.cat(list(parts), axis)
