"""Typical wrong answers."""

from jaxdl.course.exercises import wrong
from lessons.l08_dataset_and_dataloader.exercises.rows_of_a_batch.imperative.solution import (
    Examples,
)


@wrong(
    "Examples",
    "The length is the number of examples, the rows of x; this counts all numbers, or the "
    "features.",
    "长度是样本数，即 x 的行数；这里数的是所有的数，或者特征数。",
)
class AllNumbers(Examples):
    """As long as x has numbers."""

    def __len__(self):
        return self.x.numel()


@wrong(
    "Examples",
    "dataset[i] is one example: the index has to be used, in x and in y.",
    "dataset[i] 是一个样本：x 和 y 都要用上 index。",
)
class Everything(Examples):
    """Every example is all of them."""

    def __getitem__(self, index):
        return self.x, self.y


@wrong(
    "Examples",
    "An example is the pair of features and label; the label is missing.",
    "一个样本是特征和标签组成的一对；这里少了标签。",
)
class WithoutLabel(Examples):
    """An example without its label."""

    def __getitem__(self, index):
        return self.x[index]


@wrong(
    "Examples",
    "self.x[:, index] is a column, one feature of all examples; an example is a row.",
    "self.x[:, index] 是一列，即所有样本的同一个特征；一个样本是一行。",
)
class Columns(Examples):
    """An example is a column."""

    def __getitem__(self, index):
        return self.x[:, index], self.y[index]
