"""The rules: how each kind of layer keeps its tensors on either side, one kind a file."""

from jaxdl.parity.rules.activation import PRELU
from jaxdl.parity.rules.attention import multihead_attention
from jaxdl.parity.rules.composition import composed
from jaxdl.parity.rules.conv import (
    CONV1D,
    CONV2D,
    CONV3D,
    CONV_TRANSPOSE1D,
    CONV_TRANSPOSE2D,
    CONV_TRANSPOSE3D,
)
from jaxdl.parity.rules.embedding import EMBEDDING, EMBEDDING_BAG, padded_embedding
from jaxdl.parity.rules.linear import BILINEAR, LINEAR, SCALAR, linear_after_flatten
from jaxdl.parity.rules.norm import (
    BATCH_NORM,
    BATCH_NORM_COUNTED,
    GROUP_NORM,
    INSTANCE_NORM,
    LAYER_NORM,
    RMS_NORM,
)
from jaxdl.parity.rules.plain import SAME, TRANSPOSED, permuted, reshaped
from jaxdl.parity.rules.recurrent import GRU_CELL, LSTM_CELL, RNN_CELL, gru, lstm, rnn
from jaxdl.parity.rules.reparametrised import spectral_norm, weight_norm
from jaxdl.parity.rules.transformers import (
    transformer,
    transformer_decoder,
    transformer_decoder_layer,
    transformer_encoder,
    transformer_encoder_layer,
)

__all__ = [
    "BATCH_NORM",
    "BATCH_NORM_COUNTED",
    "BILINEAR",
    "CONV1D",
    "CONV2D",
    "CONV3D",
    "CONV_TRANSPOSE1D",
    "CONV_TRANSPOSE2D",
    "CONV_TRANSPOSE3D",
    "EMBEDDING",
    "EMBEDDING_BAG",
    "GROUP_NORM",
    "GRU_CELL",
    "INSTANCE_NORM",
    "LAYER_NORM",
    "LINEAR",
    "LSTM_CELL",
    "PRELU",
    "RMS_NORM",
    "RNN_CELL",
    "SAME",
    "SCALAR",
    "TRANSPOSED",
    "composed",
    "gru",
    "linear_after_flatten",
    "lstm",
    "multihead_attention",
    "padded_embedding",
    "permuted",
    "reshaped",
    "rnn",
    "spectral_norm",
    "transformer",
    "transformer_decoder",
    "transformer_decoder_layer",
    "transformer_encoder",
    "transformer_encoder_layer",
    "weight_norm",
]
