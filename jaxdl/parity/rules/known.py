"""Which rules may be those of a layer, by what PyTorch calls its tensors and by their shapes."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

from jaxdl.parity.rules.activation import PRELU
from jaxdl.parity.rules.attention import multihead_attention
from jaxdl.parity.rules.conv import (
    CONV1D,
    CONV2D,
    CONV3D,
    CONV_TRANSPOSE1D,
    CONV_TRANSPOSE2D,
    CONV_TRANSPOSE3D,
    turned_kernel,
)
from jaxdl.parity.rules.embedding import EMBEDDING
from jaxdl.parity.rules.linear import BILINEAR, LINEAR, SCALAR
from jaxdl.parity.rules.norm import BATCH_NORM, BATCH_NORM_COUNTED, LAYER_NORM
from jaxdl.parity.rules.plain import SAME, permuted, reshaped
from jaxdl.parity.rules.recurrent import GRU_CELL, LSTM_CELL, RNN_CELL, gru, lstm, rnn
from jaxdl.parity.rules.reparametrised import spectral_norm, weight_norm

if TYPE_CHECKING:
    from jaxdl.parity.rule import Rule

Shape = tuple[int, ...]


def known(tensors: dict[str, Shape], module: Any = None) -> list[Rule]:
    """The rules to try, the likeliest first; several where shapes alone do not tell.

    Args:
        tensors: name below the layer's prefix -> shape; "" for a tensor by itself.
        module: the layer, where it is at hand: tells what its tensors do not.
    """
    if tensors.keys() == {""}:
        return _single(tensors[""])
    if "weight_ih_l0" in tensors:
        return _recurrent(tensors)
    if "weight_ih" in tensors:
        gates = tensors["weight_ih"][0] // tensors["weight_hh"][1]
        return {1: [RNN_CELL], 3: [GRU_CELL], 4: [LSTM_CELL]}.get(gates, [])
    if "running_mean" in tensors:  # of an InstanceNorm, too
        return [BATCH_NORM, BATCH_NORM_COUNTED]
    if "out_proj.weight" in tensors:
        return _attention(tensors, module)
    kind = type(module).__name__.removeprefix("Parametrized")
    for own, rule in PARAMETRISED:
        if own in tensors:
            return [rule(own, tensors, inner) for inner in _weights(kind)]
    return _weights(kind)


def unlikely(tensors: dict[str, Shape]) -> list[Rule]:
    """What to try where no known rule fits: of a `state_dict`, that names no kinds of layers."""
    return TRANSPOSED if len(tensors.get("weight", ())) > 2 else []


CONVS = [CONV1D, CONV2D, CONV3D]
# As we keep it, and Flax without and with `transpose_kernel`.
TRANSPOSED = [
    CONV_TRANSPOSE1D, CONV_TRANSPOSE2D, CONV_TRANSPOSE3D, *map(turned_kernel, (1, 2, 3))
]  # fmt: skip


def _weights(kind: str) -> list[Rule]:
    """Of layers that have a weight, and perhaps a bias."""
    if kind.startswith("ConvTranspose"):
        return TRANSPOSED
    if kind == "PReLU":
        return [PRELU]
    # Group and RMS norms keep what a layer norm keeps.
    return [LINEAR, EMBEDDING, *CONVS, BILINEAR, LAYER_NORM]


def _weight_normed(name: str, tensors: dict[str, Shape], inner: Rule) -> Rule:
    lengths = tensors[name]
    axes = [axis for axis, size in enumerate(lengths) if size > 1]
    dim = None if not lengths or not axes else axes[0]
    return weight_norm(inner, dim=dim, parametrized="." in name)


def _spectral_normed(name: str, tensors: dict[str, Shape], inner: Rule) -> Rule:
    dim = 1 if inner in TRANSPOSED else 0
    return spectral_norm(inner, dim=dim, parametrized="." in name)


# What PyTorch's parametrisations of a weight are told by.
PARAMETRISED = (
    ("parametrizations.weight.original0", _weight_normed),
    ("weight_g", _weight_normed),
    ("parametrizations.weight.0._u", _spectral_normed),
    ("weight_u", _spectral_normed),
)


def _attention(tensors: dict[str, Shape], module: Any) -> list[Rule]:
    """Attention in so many heads as the module has; in any number that divides its width."""
    width = tensors["out_proj.weight"][1]
    heads = getattr(module, "num_heads", None)
    return [
        multihead_attention(
            count,
            bias="in_proj_bias" in tensors,
            add_bias_kv="bias_k" in tensors,
            packed="in_proj_weight" in tensors,
        )
        for count in ([heads] if heads else range(1, width + 1))
        if width % count == 0
    ]


def _recurrent(tensors: dict[str, Shape]) -> list[Rule]:
    """Layers of a recurrence: their number, direction and kind from the tensors."""
    projected = "weight_hr_l0" in tensors
    rows, hidden = tensors["weight_hh_l0"]
    layers = sum(name.startswith("weight_ih_l") and "reverse" not in name for name in tensors)
    both = "weight_ih_l0_reverse" in tensors
    if projected:
        return [lstm(layers, both, projected=True)]
    kinds = {1: rnn, 3: gru, 4: lstm}
    kind = kinds.get(rows // hidden)
    return [kind(layers, both)] if kind else []


def _single(shape: Shape) -> list[Rule]:
    """One tensor and one leaf: as it is, or in the layouts that JAX models use."""
    if shape in ((), (1,)):
        return [SAME, SCALAR]
    if len(shape) == 1:
        size = shape[0]
        return [
            SAME,
            *(reshaped(shape, (size, *(1,) * n)) for n in (1, 2, 3)),
            reshaped(shape, (1, size)),
        ]
    if len(shape) == 2:
        return [SAME, permuted(1, 0)]
    spatial = tuple(range(2, len(shape)))
    return [
        SAME,
        permuted(*spatial, 1, 0),
        permuted(*spatial, 0, 1),
        *(permuted(*axes) for axes in permutations(range(len(shape))) if len(shape) == 3),
    ]
