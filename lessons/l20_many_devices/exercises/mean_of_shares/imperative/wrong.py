"""Typical wrong answers."""

from jaxdl.course.exercises import wrong
from lessons.l20_many_devices.exercises.mean_of_shares.imperative.solution import loss


def accumulated(w, xs, ys, weight_of):
    for x, y in zip(xs, ys, strict=True):
        (loss(w, x, y) * weight_of(x)).backward()
    return w.grad


@wrong(
    "gradient",
    "The mean of the means, as DistributedDataParallel takes it: an example of a small share "
    "counts for more. Weigh each share by its rows.",
    "这是平均值的平均值，DistributedDataParallel 就这样算：小份里的样本更重。请按行数给每一份加"
    "权。",
)
def mean_of_means(w, xs, ys):
    w.grad = None
    return accumulated(w, xs, ys, lambda x: 1 / len(xs))


@wrong(
    "gradient",
    "backward() has added the means up: their sum, not the mean.",
    "backward() 把平均值加了起来：得到的是和，不是平均。",
)
def sum_of_means(w, xs, ys):
    w.grad = None
    return accumulated(w, xs, ys, lambda x: 1.0)


@wrong(
    "gradient",
    "Each mean times its rows is the sum over its rows. It is still to be divided by the number "
    "of all rows.",
    "平均值乘以行数是各行之和。还要除以总行数。",
)
def not_divided(w, xs, ys):
    w.grad = None
    return accumulated(w, xs, ys, len)


@wrong(
    "gradient",
    "The batch before is still in w.grad; clear it before the first share, and only there.",
    "上一批还留在 w.grad 里；在第一份之前清零，也只在那里清。",
)
def never_cleared(w, xs, ys):
    rows = sum(map(len, xs))
    return accumulated(w, xs, ys, lambda x: len(x) / rows)
