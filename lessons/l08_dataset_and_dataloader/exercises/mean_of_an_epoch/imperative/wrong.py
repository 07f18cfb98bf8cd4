"""Typical wrong answers."""

from jaxdl.course.exercises import wrong
from lessons.l08_dataset_and_dataloader.exercises.mean_of_an_epoch.imperative.solution import (
    epoch_loss,
)


@wrong(
    "epoch_loss",
    "The number is right, but it is a tensor, and it keeps the graphs of all batches in memory. "
    "Take the number out of each loss.",
    "数值是对的，但它是张量，把所有批量的计算图都留在了内存里。请从每个损失里只取出数值。",
)
def with_its_graph(loss, batches):
    return sum(loss(batch) * len(batch) for batch in batches) / sum(map(len, batches))


@wrong(
    "epoch_loss",
    "The mean of the means gives an example of the small batch more weight than the others. Weigh "
    "by the lengths.",
    "对平均值再取平均，小批量里的样本所占权重就偏大。请按长度加权。",
)
def mean_of_means(loss, batches):
    return sum(loss(batch).item() for batch in batches) / len(batches)


@wrong(
    "epoch_loss",
    "The losses are means already: a sum over a batch is its mean times its length.",
    "loss(batch) 已经是平均值：一批的和等于平均值乘以它的长度。",
)
def means_taken_for_sums(loss, batches):
    return sum(loss(batch).item() for batch in batches) / sum(map(len, batches))


@wrong(
    "epoch_loss",
    "Each batch adds as many examples as it has, the last one fewer.",
    "每个批量有几个样本就加几个，最后一个要少些。",
)
def lengths_all_alike(loss, batches):
    return epoch_loss(loss, batches) * sum(map(len, batches)) / (len(batches) * len(batches[0]))
