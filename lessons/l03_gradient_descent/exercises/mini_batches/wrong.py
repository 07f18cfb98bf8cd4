"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "batches",
    "The last examples are missing: where n is no multiple of size, a smaller batch is left.",
    "最后几个样本不见了：n 不是 size 的倍数时，还剩一个较小的批量。",
)
def without_the_rest(x, size):
    return [x[start : start + size] for start in range(0, len(x) - size + 1, size)]


@wrong(
    "batches",
    "Here size is taken for the number of batches. It is how many examples are in one of them.",
    "这里把 size 当成了批数。它是一批里有多少个样本。",
)
def so_many_batches(x, size):
    each = -(-len(x) // size)
    return [x[start : start + each] for start in range(0, len(x), each)]


@wrong(
    "batches",
    "The batches overlap: the next one begins size further on, range(0, n, size).",
    "各批重叠了：下一批应当从 size 之后开始，range(0, n, size)。",
)
def overlapping(x, size):
    return [x[start : start + size] for start in range(len(x))]


@wrong(
    "batches",
    "A slice x[a:b] ends before b, so it has b - a examples: no - 1.",
    "切片 x[a:b] 不含 b，有 b - a 个样本：不用减 1。",
)
def one_too_few(x, size):
    return [x[start : start + size - 1] for start in range(0, len(x), size)]


@wrong(
    "batches",
    "A slice is from where to where; x[start:size] always ends at size.",
    "切片写的是从哪里到哪里；x[start:size] 总是止于 size。",
)
def to_the_size(x, size):
    return [x[start:size] for start in range(0, len(x), size)]
