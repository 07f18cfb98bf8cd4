"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "batches",
    "chunk is told how many pieces to make; size is how many examples are in one. split is told "
    "that.",
    "chunk 的参数是分成多少块；而 size 是一批里有多少个样本。split 的参数才是它。",
)
def chunked(x, size):
    return list(x.chunk(size))


@wrong(
    "batches",
    "These are the features, taken apart along axis 1; the examples are along axis 0.",
    "这样是沿 axis 1 把特征拆开了；样本在 axis 0 上。",
)
def along_the_features(x, size):
    return list(x.split(size, dim=1))


@wrong(
    "batches",
    "The last examples are missing: where n is no multiple of size, a smaller batch is left.",
    "最后几个样本不见了：n 不是 size 的倍数时，还剩一个较小的批量。",
)
def without_the_rest(x, size):
    return [piece for piece in x.split(size) if len(piece) == size]


@wrong(
    "batches",
    "reshape needs n to be a multiple of size, and the last batch would not fit.",
    "reshape 要求 n 是 size 的倍数，最后一批放不进去。",
)
def reshaped(x, size):
    return list(x.reshape(-1, size, x.shape[1]))
