"""The rules: how each kind of layer keeps its tensors on either side, one kind a file."""

from jaxdl.parity.rules.activation import PRELU
from jaxdl.parity.rules.conv import (
    CONV1D,
    CONV2D,
    CONV3D,
    CONV_TRANSPOSE1D,
    CONV_TRANSPOSE2D,
    CONV_TRANSPOSE3D,
)
from jaxdl.parity.rules.embedding import EMBEDDING
from jaxdl.parity.rules.linear import LINEAR, SCALAR, linear_after_flatten
from jaxdl.parity.rules.plain import SAME, TRANSPOSED, permuted, reshaped
from jaxdl.parity.rules.recurrent import GRU_CELL, LSTM_CELL, RNN_CELL, gru, lstm, rnn

__all__ = [
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
    "TRANSPOSED",
    "gru",
    "linear_after_flatten",
    "lstm",
    "permuted",
    "reshaped",
    "rnn",
]
