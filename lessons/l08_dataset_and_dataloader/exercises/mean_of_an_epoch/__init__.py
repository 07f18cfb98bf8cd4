"""The mean over all examples, out of the means over batches of different size."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The loss of an epoch, when its batches differ in size",
    title_zh="批量大小不同时一轮的损失",
    ask="""
The loss of a batch is the mean over its examples; the last batch is smaller
than the others. Write the mean over all examples of an epoch, one number.

JAX|   epoch_loss(losses, sizes)   losses (batches,) are the batches' means and
JAX|                               sizes (batches,) how many examples each has,
JAX|                               both float arrays.
PyTorch|   epoch_loss(loss, batches)   batches is a list of tensors of different
PyTorch|                               length, loss(batch) the mean of one as a
PyTorch|                               tensor with a graph. The result is a Python
PyTorch|                               float, which keeps no graph alive.
""",
    ask_zh="""
一个批量的损失是其中样本的平均值；最后一个批量比别的小。
请写一轮里所有样本的平均损失，一个数。

JAX|   epoch_loss(losses, sizes)   losses (批量数,) 是各批的平均值，
JAX|                               sizes (批量数,) 是各批的样本数，
JAX|                               都是浮点数组。
PyTorch|   epoch_loss(loss, batches)   batches 是长度不同的张量组成的列表，
PyTorch|                               loss(batch) 是其中一个的平均损失，是
PyTorch|                               带计算图的张量。结果要是 Python 的
PyTorch|                               float，不再保留计算图。
""",
)
