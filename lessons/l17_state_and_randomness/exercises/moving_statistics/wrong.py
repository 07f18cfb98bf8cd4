"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


def moved(stats, x, axis=0, kept=0.9, unbiased=True):
    n = len(x)
    mean, var = jnp.mean(x, axis=axis, keepdims=True), jnp.var(x, axis=axis, keepdims=True)
    factor = n / (n - 1) if unbiased else 1.0
    new = {
        "mean": kept * stats["mean"] + (1 - kept) * mean[0],
        "var": kept * stats["var"] + (1 - kept) * var[0] * factor,
    }
    return (x - mean) / jnp.sqrt(var + 1e-5), new


@wrong(
    "normalise",
    "This is an example's mean over its features (layer normalisation). A batch's goes over the "
    "examples.",
    "这是一个样本对特征的均值（层归一化）。批归一化是对样本取的。",
)
def over_the_features(stats, x):
    return moved(stats, x, axis=1)


@wrong(
    "normalise",
    "The averages go nine tenths of the way: what was kept counts a tenth. PyTorch's momentum is "
    "the share of the new.",
    "平均值走了十分之九：原来的只占十分之一。PyTorch 的 momentum 是新值所占的比例。",
)
def shares_exchanged(stats, x):
    return moved(stats, x, kept=0.1)


@wrong(
    "normalise",
    "The variance that is kept is the unbiased one, times n / (n - 1). (PyTorch normalises with "
    "the one, and keeps the other.)",
    "记下来的是无偏的方差，要乘 n / (n - 1)。（PyTorch 归一化用一种，记下来用另一种。）",
)
def biased_kept(stats, x):
    return moved(stats, x, unbiased=False)


@wrong(
    "normalise",
    "stats itself is changed: whoever holds it, for a second try or a checkpoint, now has other "
    "numbers. Make a new dict.",
    "改动了 stats 本身：别处还拿着它的（再算一次、存检查点），数就变了。请新建一个字典。",
)
def changed_in_place(stats, x):
    y, new = moved(stats, x)
    stats.update(new)
    return y, stats


@wrong(
    "normalise",
    "The new statistics are lost: what is returned are the old ones. Training does not notice; "
    "evaluation will.",
    "新的统计量丢了：返回的是旧的。训练察觉不到，评估时才会。",
)
def old_returned(stats, x):
    return moved(stats, x)[0], stats
