"""What PyTorch's operations are called in all three graphs."""

from __future__ import annotations

import re

_SAME = """
add sub:subtract rsub:subtract mul:multiply div:divide neg:negate pow:power square exp log tanh
sigmoid relu maximum minimum where abs sqrt mm:matmul bmm:matmul mv:matmul dot:matmul matmul sum
mean max min amax:max amin:min argmax eq:compare ne:compare lt:compare le:compare gt:compare
ge:compare view:reshape _unsafe_view:reshape reshape:reshape _reshape_alias:reshape
unsqueeze:reshape squeeze:reshape flatten:reshape t:transpose transpose permute:transpose
numpy_T:transpose expand:broadcast repeat:broadcast index select:index gather:index
index_select:index slice cat:concatenate stack:concatenate constant_pad_nd:pad _to_copy:convert
_log_softmax:log_softmax _softmax:softmax logsumexp nll_loss_forward:nll nll_loss2d_forward:nll
nll_loss:nll convolution max_pool2d_with_indices:max_pool max_pool2d:max_pool
max_pool3d_with_indices:max_pool avg_pool2d:avg_pool avg_pool3d:avg_pool
adaptive_avg_pool2d:avg_pool _adaptive_avg_pool2d:avg_pool embedding gru:recurrence
lstm:recurrence rnn_tanh:recurrence rnn_relu:recurrence mkldnn_rnn_layer:recurrence
_thnn_fused_gru_cell:recurrence _thnn_fused_lstm_cell:recurrence _cudnn_rnn:recurrence
dropout native_dropout:dropout native_batch_norm:batch_norm
_native_batch_norm_legit:batch_norm _native_batch_norm_legit_functional:batch_norm
_batch_norm_with_update:batch_norm batch_norm_with_update:batch_norm
cudnn_batch_norm:batch_norm clone alias:clone arange:iota detach:stop rand:random randn:random
bernoulli:random uniform:random normal:random randint:random randperm:random multinomial:random
AsStrided:reshape View:reshape Select:index Slice:slice
"""
COMMON = {own: common or own for own, _, common in (word.partition(":") for word in _SAME.split())}


def common(operation: str) -> str:
    """The name by which PyTorch's operation is known in all three graphs; else its own.

    >>> common("aten.mul_"), common("aten.addmm")
    ('multiply', 'addmm')
    """
    own = operation.rpartition(".")[2]
    return COMMON.get(own) or COMMON.get(own.removesuffix("_")) or own


def stem(backward: str) -> str:
    """The operation that a backward node was made for, where only the node is there.

    >>> stem("torch::autograd::CopySlices"), stem("AsStridedBackward0"), stem("MyOwnBackward")
    ('CopySlices', 'AsStrided', 'MyOwn')
    """
    return re.sub(r"Backward\d*$", "", backward.rpartition("::")[2]) or backward
