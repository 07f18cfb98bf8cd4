"""The loop over an epoch's batches as one jax.lax.scan."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="An epoch as one scan",
    title_zh="用 scan 走完一轮",
    ask="""
loss(w, x) is given: the loss of the weights w (features,) on a batch x
(batch_size, features). pieces (batches, batch_size) holds the indices of
each batch. Write run_epoch(w, x, pieces): for every row of pieces one step

  w = w - 0.1 · gradient of the loss on the rows of x that it picks.

It returns the last w, and the losses before each step, (batches,).
jax.lax.scan(on_batch, w, pieces) calls on_batch(w, picked) for each row;
that returns a pair: what the next call gets, and what is kept.
""",
    ask_zh="""
loss(w, x) 已给出：权重 w (特征,) 在批量 x (批量大小, 特征) 上的
损失。pieces (批量数, 批量大小) 的一行是一个批量的下标。请写
run_epoch(w, x, pieces)：对 pieces 的每一行走一步

  w = w - 0.1 · 损失在这一行所选样本上的梯度

返回最后的 w，以及每一步之前的损失，(批量数,)。
jax.lax.scan(on_batch, w, pieces) 逐行调用 on_batch(w, picked)，
它返回一对：交给下一次调用的，和要保留下来的。
""",
)
