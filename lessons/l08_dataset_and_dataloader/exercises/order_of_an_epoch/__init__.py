"""The order of an epoch as a value that the run's key and the epoch's number determine."""

from jaxdl.course.exercises import Exercise

EXERCISE = Exercise(
    package=__name__,
    title="An order for every epoch, out of one key",
    title_zh="一个 key，每轮一个顺序",
    ask="""
key belongs to the whole run. Write

  epoch_order(key, epoch, n)    the indices 0 … n - 1 in a random order,
                                (n,), every index once.

The order depends on key and epoch (an int) alone: fold epoch into key with
jax.random.fold_in, and give what comes out to jax.random.permutation.
""",
    ask_zh="""
key 属于整个训练。请写

  epoch_order(key, epoch, n)    下标 0 … n - 1 的一个随机顺序，
                                (n,)，每个下标恰好一次。

顺序只由 key 和 epoch（int）决定：先用 jax.random.fold_in 把
epoch 折进 key，再把结果交给 jax.random.permutation。
""",
)
