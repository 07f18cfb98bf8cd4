"""A large batch in parts: the mean of the parts' gradients."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="A large batch in small parts",
    title_zh="大批次分成小份",
    ask="""
A batch that does not fit the memory is computed in equal parts, one after
the other; what is added up is the gradient. loss(w, x, y) is the mean of
the squared errors of x @ w.

  gradient(w, x, y, parts)  the gradient of loss over the whole batch, of
      which only one part is computed at a time: x (n, features) and
      y (n,) have n / parts rows a part.

PyTorch| backward() adds to w.grad, and w.grad may hold something from before.
""",
    ask_zh="""
一批数据内存里放不下，就分成相等的几份依次计算，把梯度加起来。
loss(w, x, y) 是 x @ w 的平方误差的平均值。

  gradient(w, x, y, parts)  整批的 loss 的梯度，每次只算一份：
      x (n, features) 和 y (n,)，每份 n / parts 行。

PyTorch| backward() 会累加到 w.grad 上；w.grad 里可能还有以前留下的值。
""",
)
