"""Layers that Flax lacks or defines differently from PyTorch.

The recurrences, each as pure functions of a parameter pytree, `rnn`, `gru`, `lstm` and their one
step `rnn_cell`, `gru_cell`, `lstm_cell`, and as Flax NNX modules that hold those parameters.
`Linear`, `Embedding` and `Conv` are Flax's with PyTorch's initial values, `Conv` computed by
`jaxdl.ops`; `BatchNorm` has PyTorch's running variance. The other normalisations, attention and the
Transformer are NNX modules with Flax's parameters and PyTorch's definitions.

Arguments have Flax's names, and PyTorch's where Flax has none. Features come last. The modules
start with PyTorch's initial values where no initialiser is given.
"""

from jaxdl.nn.attention import scaled_dot_product_attention
from jaxdl.nn.batch_norm import BatchNorm
from jaxdl.nn.bilinear import Bilinear
from jaxdl.nn.cell_modules import GRUCell, LSTMCell, RNNCell
from jaxdl.nn.cells import gru_cell, lstm_cell, rnn_cell
from jaxdl.nn.conv import Conv
from jaxdl.nn.dropouts import Dropout, alpha_dropout, dropout
from jaxdl.nn.embedding import Embedding, shortened
from jaxdl.nn.embedding_bag import EmbeddingBag
from jaxdl.nn.instance_norm import InstanceNorm
from jaxdl.nn.linear import Linear
from jaxdl.nn.modules import GRU, LSTM, RNN
from jaxdl.nn.multihead_attention import MultiheadAttention
from jaxdl.nn.norm import GroupNorm, LayerNorm, RMSNorm
from jaxdl.nn.recurrence import gru, lstm, rnn
from jaxdl.nn.reparametrised import lengths, spectral_norm, weight_norm
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
    "RMSNorm",
    "RNNCell",
    "Transformer",
    "TransformerDecoder",
    "TransformerDecoderLayer",
    "TransformerEncoder",
    "TransformerEncoderLayer",
    "alpha_dropout",
    "causal_mask",
    "cosine_similarity",
    "dropout",
    "gru",
    "gru_cell",
    "lengths",
    "local_response_norm",
    "lstm",
    "lstm_cell",
    "normalize",
    "pairwise_distance",
    "rnn",
    "rnn_cell",
    "scaled_dot_product_attention",
    "shortened",
    "spectral_norm",
    "weight_norm",
]
