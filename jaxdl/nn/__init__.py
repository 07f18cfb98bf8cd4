"""Layers that Flax lacks or defines differently from PyTorch.

The recurrences, each as pure functions of a parameter pytree, `rnn`, `gru`, `lstm` and their one
step `rnn_cell`, `gru_cell`, `lstm_cell`, and as Flax NNX modules that hold those parameters.
`Linear`, `Embedding` and `Conv` are Flax's with PyTorch's initial values, `Conv` with its borders
and computed by `jaxdl.ops`; `ConvTranspose` has PyTorch's padding and groups, `BatchNorm` its
running variance. The other normalisations, attention and the Transformer are NNX modules with
Flax's parameters and PyTorch's definitions. Poolings, padding, resampling and activations are
functions; which activations to take from `jax.nn`, `jaxdl.nn.activations` says.

Arguments have Flax's names, and PyTorch's where Flax has none. Features and channels come last. The
modules start with PyTorch's initial values where no initialiser is given.
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
from jaxdl.nn.attention import scaled_dot_product_attention
from jaxdl.nn.batch_norm import BatchNorm
from jaxdl.nn.bilinear import Bilinear
from jaxdl.nn.cell_modules import GRUCell, LSTMCell, RNNCell
from jaxdl.nn.cells import gru_cell, lstm_cell, rnn_cell
from jaxdl.nn.conv import Conv
from jaxdl.nn.conv_transpose import ConvTranspose
from jaxdl.nn.dropouts import Dropout, alpha_dropout, dropout
from jaxdl.nn.embedding import Embedding, shortened
from jaxdl.nn.embedding_bag import EmbeddingBag
from jaxdl.nn.instance_norm import InstanceNorm
from jaxdl.nn.linear import Linear
from jaxdl.nn.modules import GRU, LSTM, RNN
from jaxdl.nn.multihead_attention import MultiheadAttention
from jaxdl.nn.norm import GroupNorm, LayerNorm, RMSNorm
from jaxdl.nn.padding import pad
from jaxdl.nn.pooling import avg_pool, lp_pool, max_pool, max_unpool
from jaxdl.nn.recurrence import gru, lstm, rnn
from jaxdl.nn.reparametrised import lengths, spectral_norm, weight_norm
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
from jaxdl.nn.response_norm import LocalResponseNorm, local_response_norm
from jaxdl.nn.similarity import cosine_similarity, normalize, pairwise_distance
from jaxdl.nn.transformer import Transformer, TransformerDecoder, TransformerEncoder, causal_mask
from jaxdl.nn.transformer_layers import TransformerDecoderLayer, TransformerEncoderLayer

__all__ = [
    "GRU",
    "LSTM",
    "RNN",
    "BatchNorm",
    "Bilinear",
    "Conv",
    "ConvTranspose",
    "Dropout",
    "Embedding",
    "EmbeddingBag",
    "GRUCell",
    "GroupNorm",
    "InstanceNorm",
    "LSTMCell",
    "LayerNorm",
    "Linear",
    "LocalResponseNorm",
    "MultiheadAttention",
    "PReLU",
    "RMSNorm",
    "RNNCell",
    "Transformer",
    "TransformerDecoder",
    "TransformerDecoderLayer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
    "adaptive_avg_pool",
    "adaptive_max_pool",
    "alpha_dropout",
    "avg_pool",
    "causal_mask",
    "channel_shuffle",
    "cosine_similarity",
    "dropout",
    "flatten_channels_first",
    "fold",
    "fractional_max_pool",
    "gelu",
    "gru",
    "gru_cell",
    "hardshrink",
    "hardtanh",
    "leaky_relu",
    "lengths",
    "local_response_norm",
    "lp_pool",
    "lstm",
    "lstm_cell",
    "max_pool",
    "max_unpool",
    "normalize",
    "pad",
    "pairwise_distance",
    "pixel_shuffle",
    "pixel_unshuffle",
    "rnn",
    "rnn_cell",
    "rrelu",
    "scaled_dot_product_attention",
    "shortened",
    "softmin",
    "softplus",
    "softshrink",
    "spectral_norm",
    "tanhshrink",
    "threshold",
    "unflatten_channels_first",
    "unfold",
    "upsample",
    "weight_norm",
]
