"""A batch as the rows that an array of indices picks, and as a Dataset's examples."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Take the rows of a batch",
    title_zh="取出一个批量的行",
    ask="""
data is a pair of arrays, x (n, features) and y (n, 1); row i of both is
example i. JAX: picked (batch_size,) holds the indices of a batch. Write

  batch(data, picked)    the pair of their rows, in picked's order:
                         (batch_size, features) and (batch_size, 1).

It must work inside jax.jit. PyTorch: fill the Dataset Examples, so that a
DataLoader can make batches of it: len(dataset) is the number of examples,
dataset[i] the pair x[i], y[i].
""",
    ask_zh="""
data 是一对数组，x (n, 特征) 和 y (n, 1)；两者的第 i 行是第
i 个样本。JAX：picked (批量大小,) 是一个批量的下标。请写

  batch(data, picked)    按 picked 的顺序取出的两组行：
                         (批量大小, 特征) 和 (批量大小, 1)。

它要能用在 jax.jit 里。PyTorch：请补全 Dataset 子类 Examples，
让 DataLoader 能从中取批量：len(dataset) 是样本数，
dataset[i] 是一对 x[i], y[i]。
""",
)
