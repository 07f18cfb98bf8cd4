"""Layers that Flax lacks or defines differently from PyTorch.

The recurrences, each as pure functions of a parameter pytree, `rnn`, `gru`, `lstm` and their one
step `rnn_cell`, `gru_cell`, `lstm_cell`, and as Flax NNX modules that hold those parameters.
`Linear`, `Embedding` and `Conv` are Flax's with PyTorch's initial values, `Conv` with its borders
and computed by `jaxdl.ops`; `ConvTranspose` has PyTorch's padding and groups, `BatchNorm` its
running variance. Poolings, padding, resampling and activations are functions; which activations to
take from `jax.nn`, `jaxdl.nn.activations` says.

Arguments have Flax's names. The modules start with PyTorch's initial values where no initialiser
is given. Images have their channels last.
"""

from jaxdl.nn.activations import (
    PReLU,
    gelu,
    hardshrink,
    hardtanh,
    leaky_relu,
    rrelu,
    softmin,
    softplus,
    softshrink,
    tanhshrink,
    threshold,
)
from jaxdl.nn.adaptive_pooling import adaptive_avg_pool, adaptive_max_pool, fractional_max_pool
from jaxdl.nn.batch_norm import BatchNorm
from jaxdl.nn.cells import gru_cell, lstm_cell, rnn_cell
from jaxdl.nn.conv import Conv
from jaxdl.nn.conv_transpose import ConvTranspose
from jaxdl.nn.embedding import Embedding
from jaxdl.nn.linear import Linear
from jaxdl.nn.modules import GRU, LSTM, RNN, GRUCell, LSTMCell, RNNCell
from jaxdl.nn.padding import pad
from jaxdl.nn.pooling import avg_pool, lp_pool, max_pool, max_unpool
from jaxdl.nn.recurrence import gru, lstm, rnn
from jaxdl.nn.resampling import (
    channel_shuffle,
    flatten_channels_first,
    fold,
    pixel_shuffle,
    pixel_unshuffle,
    unflatten_channels_first,
    unfold,
    upsample,
)

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "BatchNorm",
    "Conv",
    "ConvTranspose",
    "Embedding",
    "GRUCell",
    "LSTMCell",
    "Linear",
    "PReLU",
    "RNNCell",
    "adaptive_avg_pool",
    "adaptive_max_pool",
    "avg_pool",
    "channel_shuffle",
    "flatten_channels_first",
    "fold",
    "fractional_max_pool",
    "gelu",
    "gru",
    "gru_cell",
    "hardshrink",
    "hardtanh",
    "leaky_relu",
    "lp_pool",
    "lstm",
    "lstm_cell",
    "max_pool",
    "max_unpool",
    "pad",
    "pixel_shuffle",
    "pixel_unshuffle",
    "rnn",
    "rnn_cell",
    "rrelu",
    "softmin",
    "softplus",
    "softshrink",
    "tanhshrink",
    "threshold",
    "unflatten_channels_first",
    "unfold",
    "upsample",
]
