"""Typical wrong answers."""

from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from jaxdl.course.exercises import wrong


@wrong(
    "last",
    "These are the states after the whole array, padding and all. The lengths are not used.",
    "这是读完整个数组（连同填充）之后的状态。lengths 没有用到。",
)
def not_packed(gru, x, lengths):
    return gru(x)[1]


@wrong(
    "last",
    "pack_padded_sequence wants time first unless told batch_first=True, and names sorted by "
    "length unless told enforce_sorted=False. Both are needed.",
    "pack_padded_sequence 默认时间在前，除非写明 batch_first=True；默认名字已按长度排好，除非写明 "
    "enforce_sorted=False。两样都要。",
)
def must_be_sorted(gru, x, lengths):
    return gru(pack_padded_sequence(x, lengths, batch_first=True))[1]


@wrong(
    "last",
    "The lengths are sorted, the names are not: each name is now read to another one's length. "
    "enforce_sorted=False sorts both, and sorts back.",
    "长度排了序，名字却没有：每个名字都按别人的长度来读。enforce_sorted=False 会一起排，之后再排回"
    "来。",
)
def lengths_sorted_alone(gru, x, lengths):
    longest_first = lengths.sort(descending=True).values
    return gru(pack_padded_sequence(x, longest_first, batch_first=True))[1]


@wrong(
    "last",
    "The second thing that nn.GRU returns are the last states. The first one, unpacked, is filled "
    "with 0 behind a name's end, and its last column is mostly that.",
    "nn.GRU 返回的第二样才是最后的状态。第一样解包之后，名字结束之后的部分用 0 填充，最后一列大多"
    "就是这些 0。",
)
def last_column(gru, x, lengths):
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    return pad_packed_sequence(gru(packed)[0], batch_first=True)[0][:, -1]
