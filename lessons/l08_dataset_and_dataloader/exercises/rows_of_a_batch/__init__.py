"""A batch as the rows that an array of indices picks, and as a Dataset's examples."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="Take the rows of a batch",
    title_zh="取出一个批量的行",
    ask="""
JAX| data is a pair of arrays, x (n, features) and y (n, 1); row i of both is
JAX| example i. picked (batch_size,) holds the indices of a batch. Write
JAX|
JAX|   batch(data, picked)    the pair of their rows, in picked's order:
JAX|                          (batch_size, features) and (batch_size, 1).
JAX|
JAX| It must work inside jax.jit.
PyTorch| x (n, features) and y (n, 1) are tensors; row i of both is example i. Fill
PyTorch| the Dataset Examples, so that a DataLoader can make batches of it:
PyTorch|
PyTorch|   len(dataset)   the number of examples;
PyTorch|   dataset[i]     the pair x[i], y[i].
""",
    ask_zh="""
JAX| data 是一对数组，x (n, 特征) 和 y (n, 1)；两者的第 i 行是第 i 个
JAX| 样本。picked (批量大小,) 是一个批量的下标。请写
JAX|
JAX|   batch(data, picked)    按 picked 的顺序取出的两组行：
JAX|                          (批量大小, 特征) 和 (批量大小, 1)。
JAX|
JAX| 它要能用在 jax.jit 里。
PyTorch| x (n, 特征) 和 y (n, 1) 是张量；两者的第 i 行是第 i 个样本。请补全
PyTorch| Dataset 子类 Examples，让 DataLoader 能从中取批量：
PyTorch|
PyTorch|   len(dataset)   样本数；
PyTorch|   dataset[i]     一对 x[i], y[i]。
""",
)
