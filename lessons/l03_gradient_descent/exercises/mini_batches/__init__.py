"""The batch size is the number of examples in a batch."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="What batch_size counts",
    title_zh="batch_size 数的是什么",
    ask="""
batch_size = 10 means ten examples in each batch, not ten batches: a
thousand examples make a hundred of them. Write

  batches(x, size)   a list of arrays: the examples x in their order, size
                     of them in each; the last batch has what is left.

x has the shape (n, features), and n is in general no multiple of size. Six
examples in batches of four make one of shape (4, features) and one of
(2, features).

JAX| Write it with slices, x[a:b].
PyTorch| A tensor has a method for it, split or chunk: which?
""",
    ask_zh="""
batch_size = 10 指每个批量有 10 个样本，而不是分成 10 批：一千个样本
就有一百批。请写出

  batches(x, size)   由数组组成的列表：样本 x 按原来的顺序，每批
                     size 个；最后一批是剩下的那些。

x 的形状是 (n, features)，n 一般不是 size 的倍数。6 个样本、每批
4 个，得到形状为 (4, features) 和 (2, features) 的两批。

JAX| 用切片 x[a:b] 来写。
PyTorch| 张量有一个方法可以用，是 split 还是 chunk？
""",
)
