"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "iterations",
    "This leaves out the rest that does not fill a batch; it is a step, too.",
    "这样漏掉了凑不满一批的余数；它也是一步。",
)
def rounded_down(n, batch_size):
    return n // batch_size


@wrong(
    "iterations",
    "The batch size is not the number of batches: it says how many examples one batch has.",
    "批量大小不是批量的个数，而是一个批量里的样本数。",
)
def the_batch_size(n, batch_size):
    return batch_size


@wrong(
    "iterations",
    "One too many if n is a multiple of the batch size: there is no rest then.",
    "n 是批量大小的整数倍时多了一步：那时没有余数。",
)
def always_one_more(n, batch_size):
    return n // batch_size + 1


@wrong(
    "iterations",
    "A number of steps is whole: what does not come out even is rounded up.",
    "步数是整数：除不尽时要向上取整。",
)
def not_whole(n, batch_size):
    return n / batch_size


@wrong(
    "last",
    "If n is a multiple of the batch size, the last batch is a whole one and not one of 0 "
    "examples.",
    "n 是批量大小的整数倍时，最后一批是满的，而不是 0 个样本。",
)
def the_rest(n, batch_size):
    return n % batch_size


@wrong(
    "last",
    "Only if it comes out even is the last batch a whole one.",
    "只有恰好除尽时，最后一批才是满的。",
)
def always_whole(n, batch_size):
    return batch_size
