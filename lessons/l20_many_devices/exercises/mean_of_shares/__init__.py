"""The gradient of a batch out of the shares of devices that have unequally many rows."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="The mean of unequal shares",
    title_zh="份额不等时的平均",
    ask="""
Each device has a share of a batch, xs[i] (rows of i, features) and
ys[i] (rows of i,), and computes the gradient of its own share's loss;
loss(w, x, y) is the mean of the squared errors of x @ w. The shares are
not equally large: the mean of the means is not the mean.

  gradient(w, xs, ys)  the gradient of the loss of the whole batch, made
      of the gradients of the shares. (What travels is a gradient and a
      number; the rows stay where they are.)

PyTorch| w is a tensor with requires_grad, and backward() may be called once for
PyTorch| each share; w.grad may hold something from before.
""",
    ask_zh="""
每个设备有一批数据的一份，xs[i] (i 的行数, features) 和
ys[i] (i 的行数,)，并求自己那一份的损失的梯度；
loss(w, x, y) 是 x @ w 的平方误差的平均值。
各份不一样大：平均值的平均值并不是总的平均值。

  gradient(w, xs, ys)  整批的损失的梯度，由各份的梯度得出。
      （传送的是一个梯度和一个数；各行数据留在原处。）

PyTorch| w 是带 requires_grad 的张量，可以对每一份调用一次 backward()；
PyTorch| w.grad 里可能还有以前留下的值。
""",
)
