"""Parity: is a port to JAX right, and where not? Maps, rules, comparison, tolerances.

PyTorch is imported where a function is given something of PyTorch's, and nowhere else.
"""

from jaxdl._tree import leaves_by_name
from jaxdl.parity.assertion import assert_parity
from jaxdl.parity.compare import Comparison, compare_records
from jaxdl.parity.compare_models import compare
from jaxdl.parity.convert import Converted, convert
from jaxdl.parity.doctor import Diagnosis, diagnose
from jaxdl.parity.layers import LayerError
from jaxdl.parity.leaves import named_leaves, with_leaves
from jaxdl.parity.map import Layer, MapError, ParameterMap
from jaxdl.parity.record import condensed, jax_step, torch_step
from jaxdl.parity.rule import Rule
from jaxdl.parity.rules import (
    BATCH_NORM,
    CONV1D,
    CONV2D,
    CONV3D,
    CONV_TRANSPOSE1D,
    CONV_TRANSPOSE2D,
    CONV_TRANSPOSE3D,
    EMBEDDING,
    GRU_CELL,
    LINEAR,
    LSTM_CELL,
    PRELU,
    RNN_CELL,
    SAME,
    SCALAR,
    TRANSPOSED,
    gru,
    linear_after_flatten,
    lstm,
    permuted,
    reshaped,
    rnn,
)
from jaxdl.parity.tolerances import TOLERANCES, relative_error, rounding_ratio

__all__ = [
    "BATCH_NORM",
    "CONV1D",
    "CONV2D",
    "CONV3D",
    "CONV_TRANSPOSE1D",
    "CONV_TRANSPOSE2D",
    "CONV_TRANSPOSE3D",
    "EMBEDDING",
    "GRU_CELL",
    "LINEAR",
    "LSTM_CELL",
    "PRELU",
    "RNN_CELL",
    "SAME",
    "SCALAR",
    "TOLERANCES",
    "TRANSPOSED",
    "Comparison",
    "Converted",
    "Diagnosis",
    "Layer",
    "LayerError",
    "MapError",
    "ParameterMap",
    "Rule",
    "assert_parity",
    "compare",
    "compare_records",
    "condensed",
    "convert",
    "diagnose",
    "gru",
    "jax_step",
    "leaves_by_name",
    "linear_after_flatten",
    "lstm",
    "named_leaves",
    "permuted",
    "relative_error",
    "reshaped",
    "rnn",
    "rounding_ratio",
    "torch_step",
    "with_leaves",
]
