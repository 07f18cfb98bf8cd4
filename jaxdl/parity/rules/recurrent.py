"""Recurrences: one cell, layers of them, both directions."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from jaxdl.parity.rule import Rule

if TYPE_CHECKING:
    from jaxdl.parity.rule import Tensors


GATES = {"rnn": 1, "gru": 3, "lstm": 4}


def _recurrent(
    name: str, initialiser: str, cells: dict[str, str], projected: bool = False, **options: Any
) -> Rule:
    """One recurrent cell or more. Both sides order the gates alike: every weight is a transpose.

    Args:
        name: of the rule.
        initialiser: the function in `jaxdl.replay.init`; begins with one of `GATES`.
        cells: what PyTorch appends to a cell's names -> what JAX puts before them.
        projected: an LSTM's state is projected.
        options: what the initialiser takes besides the sizes and `bias`.
    """
    leaves = {
        "weight_ih": "kernel_ih",  # (gates·hidden, input)  <->  (input, gates·hidden)
        "weight_hh": "kernel_hh",
        "bias_ih": "bias_ih",  # .T of one axis is itself
        "bias_hh": "bias_hh",
    }
    if projected:
        leaves["weight_hr"] = "kernel_hr"
    new = {
        f"{tensor}{suffix}": f"{prefix}{leaf}"
        for suffix, prefix in cells.items()
        for tensor, leaf in leaves.items()
    }
    old = {leaf: tensor for tensor, leaf in new.items()}

    def draw(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
        from jaxdl import replay

        first = next(iter(cells))
        _, input_size = shapes[f"weight_ih{first}"]
        _, hidden_size = shapes[f"weight_hh{first}"]
        bias = f"bias_ih{first}" in shapes
        if projected:  # all of them, in PyTorch's order
            bound = 1 / math.sqrt(shapes[f"weight_hr{first}"][1])
            return {
                name: generator.uniform(shapes[name], -bound, bound)
                for name in new
                if name in shapes
            }
        initialise = getattr(replay.init, initialiser)
        return initialise(generator, input_size, hidden_size, bias=bias, **options)

    columns = (GATES[initialiser.partition("_")[0]], "hidden")
    state = "state" if projected else "hidden"
    axes = {}
    for prefix in cells.values():
        axes |= {
            f"{prefix}kernel_ih": (f"{prefix}input", columns),
            f"{prefix}kernel_hh": (state, columns),
            f"{prefix}bias_ih": (columns,),
            f"{prefix}bias_hh": (columns,),
            f"{prefix}kernel_hr": ("hidden", "state"),
        }

    return Rule(
        name,
        torch=tuple(new),
        jax=tuple(old),
        to_jax=lambda tensors: {new[key]: tensor.T for key, tensor in tensors.items()},
        to_torch=lambda leaves: {old[key]: leaf.T for key, leaf in leaves.items()},
        optional={tensor: leaf for tensor, leaf in new.items() if tensor.startswith("bias")},
        draw=draw,
        axes=axes,
    )


def _stack(kind: str, num_layers: int, bidirectional: bool, **more: Any) -> Rule:
    cells = {
        f"_l{layer}{direction}": f"l{layer}{direction}."
        for layer in range(num_layers)
        for direction in (("", "_reverse") if bidirectional else ("",))
    }
    name = f"{'bidirectional ' if bidirectional else ''}{kind} of {num_layers} layers"
    return _recurrent(name, kind, cells, num_layers=num_layers, bidirectional=bidirectional, **more)


def rnn(num_layers: int = 1, bidirectional: bool = False) -> Rule:
    """The rule of `nn.RNN` and `jaxdl.nn.RNN`; the two arguments are theirs."""
    return _stack("rnn", num_layers, bidirectional)


def gru(num_layers: int = 1, bidirectional: bool = False) -> Rule:
    """The rule of `nn.GRU` and `jaxdl.nn.GRU`; the two arguments are theirs."""
    return _stack("gru", num_layers, bidirectional)


def lstm(num_layers: int = 1, bidirectional: bool = False, projected: bool = False) -> Rule:
    """The rule of `nn.LSTM` and `jaxdl.nn.LSTM`; the first two arguments are theirs.

    Args:
        projected: it has a proj_size.
    """
    return _stack("lstm", num_layers, bidirectional, projected=projected)


RNN_CELL = _recurrent("rnn cell", "rnn_cell", {"": ""})
"""One step of an RNN: weights (hidden, in) <-> kernels (in, hidden), and two biases."""
GRU_CELL = _recurrent("gru cell", "gru_cell", {"": ""})
"""One step of a GRU: as `RNN_CELL`, with three gates side by side."""
LSTM_CELL = _recurrent("lstm cell", "lstm_cell", {"": ""})
"""One step of an LSTM: as `RNN_CELL`, with four gates side by side."""
