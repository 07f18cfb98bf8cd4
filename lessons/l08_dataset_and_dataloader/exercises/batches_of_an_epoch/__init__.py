"""Examples, batch size and iterations: two of them give the third."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="How many batches has an epoch?",
    title_zh="一轮有多少个批量？",
    ask="""
An epoch goes once through n examples, batch_size of them in each step;
what does not fill a batch at the end is a smaller batch (PyTorch's
default, drop_last=False). Write

  iterations(n, batch_size)    the number of steps in an epoch, an int;
  last(n, batch_size)          how many examples the last step sees, 1 to
                               batch_size, an int.

n is at least 1.
""",
    ask_zh="""
一轮（epoch）把 n 个样本各用一次，每步用 batch_size 个；
最后凑不满的也算一批，只是小一些（PyTorch 的默认值
drop_last=False）。请写

  iterations(n, batch_size)    一轮的步数，int；
  last(n, batch_size)          最后一步用几个样本，
                               1 到 batch_size，int。

n 至少是 1。
""",
)
