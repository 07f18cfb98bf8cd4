"""The rules: how each kind of layer keeps its tensors on either side, one kind a file."""

from jaxdl.parity.rules.conv import CONV2D
from jaxdl.parity.rules.embedding import EMBEDDING
from jaxdl.parity.rules.linear import LINEAR, SCALAR, linear_after_flatten
from jaxdl.parity.rules.plain import SAME, TRANSPOSED, permuted, reshaped
from jaxdl.parity.rules.recurrent import GRU_CELL, LSTM_CELL, RNN_CELL, gru, lstm, rnn

__all__ = [
    "CONV2D",
    "EMBEDDING",
    "GRU_CELL",
    "LINEAR",
    "LSTM_CELL",
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
