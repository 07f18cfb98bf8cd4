"""The module was told of batch_first, and the packing must be told, too."""

from torch.nn.utils.rnn import pack_padded_sequence


def last(gru, x, lengths):
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    _, state = gru(packed)
    return state
