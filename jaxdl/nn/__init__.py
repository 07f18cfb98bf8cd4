"""Layers that Flax lacks or defines differently from PyTorch.

The recurrences, each as pure functions of a parameter pytree, `rnn`, `gru`, `lstm` and their one
step `rnn_cell`, `gru_cell`, `lstm_cell`, and as Flax NNX modules that hold those parameters.
`Linear`, `Embedding` and `Conv` are Flax's with PyTorch's initial values, `Conv` computed by
`jaxdl.ops`; `BatchNorm` has PyTorch's running variance.

Arguments have Flax's names. The modules start with PyTorch's initial values where no initialiser
is given.
"""

from jaxdl.nn.batch_norm import BatchNorm
from jaxdl.nn.cell_modules import GRUCell, LSTMCell, RNNCell
from jaxdl.nn.cells import gru_cell, lstm_cell, rnn_cell
from jaxdl.nn.conv import Conv
from jaxdl.nn.embedding import Embedding
from jaxdl.nn.linear import Linear
from jaxdl.nn.modules import GRU, LSTM, RNN
from jaxdl.nn.recurrence import gru, lstm, rnn

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "BatchNorm",
    "Conv",
    "Embedding",
    "GRUCell",
    "LSTMCell",
    "Linear",
    "RNNCell",
    "gru",
    "gru_cell",
    "lstm",
    "lstm_cell",
    "rnn",
    "rnn_cell",
]
