"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong


@wrong(
    "epoch_order",
    "The same key draws the same numbers: every epoch would have one and the same order.",
    "同一个 key 抽出同样的数：每一轮的顺序都会一样。",
)
def the_same_every_epoch(key, epoch, n):
    return jax.random.permutation(key, n)


@wrong(
    "epoch_order",
    "This forgets the run's key: runs with other seeds would be shuffled alike.",
    "这样就忘了训练的 key：种子不同的训练，打乱的方式却都一样。",
)
def the_same_every_run(key, epoch, n):
    return jax.random.permutation(jax.random.key(epoch), n)


@wrong(
    "epoch_order",
    "randint draws each index anew: some come twice, others never. A permutation has every one "
    "once.",
    "randint 每次独立地抽：有的下标出现两次，有的一次也没有。permutation 让每个恰好出现一次。",
)
def with_replacement(key, epoch, n):
    return jax.random.randint(jax.random.fold_in(key, epoch), (n,), 0, n)


@wrong(
    "epoch_order",
    "To know epoch 7's order one would have to go through the epochs before it. fold_in needs the "
    "number only.",
    "这样要知道第 7 轮的顺序，就得先走过前面各轮。fold_in 只需要轮的编号。",
)
def one_key_after_another(key, epoch, n):
    for _ in range(epoch):
        key, _ = jax.random.split(key)
    return jax.random.permutation(key, n)
