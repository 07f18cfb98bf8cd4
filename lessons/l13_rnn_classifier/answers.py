"""Answers to the questions that the chapter ends with, in its order.

They train one layer of 32 numbers, in both directions, for a few short epochs on the embedded
surnames, so that each takes seconds.
"""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl import data as datasets
from jaxdl import nn, ops, optim
from jaxdl.course.exercises import answer
from lessons.l13_rnn_classifier import Config, functional

HIDDEN, BATCH = 32, 64
NAMES = datasets.find("surnames").class_names
names, countries = (np.asarray(column, "int32") for column in functional.examples(Config()))
test_names, test_countries = (
    np.asarray(column, "int32") for column in functional.test_examples(Config())
)


@partial(jax.jit, static_argnames="ways")
def scores(params, x, padding, dropout, key, ways):
    """The logits; `padding` 1: it is read as if it were letters; `ways`: 2, or 1, forward alone."""
    gru = params["gru"] if ways == 2 else {"l0": params["gru"]["l0"]}
    lengths = jnp.where(padding > 0, x.shape[1], functional.lengths(x))
    with ops.xla():
        table = params["embedding"]["embedding"]
        _, state = nn.gru(gru, table[x.T], lengths=lengths)
    last = jnp.concatenate(list(state[::-1]), axis=1)
    keep = jax.random.bernoulli(key, 1 - dropout, last.shape)
    last = jnp.where(keep, last / (1 - dropout), 0.0)
    return last @ params["fc"]["kernel"][-ways * HIDDEN :] + params["fc"]["bias"][None]


@partial(jax.jit, static_argnames="ways")
def trained(params, x, y, padding, dropout, ways):
    adam = optim.adam(0.01)

    def loss(params, x, y, key):
        found = scores(params, x, padding, dropout, key, ways)
        return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(found, y))

    def step(carry, batch):
        params, memory = carry
        value, slope = jax.value_and_grad(loss)(params, *batch)
        updates, memory = adam.update(slope, memory)
        return (optax.apply_updates(params, updates), memory), value

    keys = jax.random.split(jax.random.key(2), len(x))
    (params, _), losses = jax.lax.scan(step, (params, adam.init(params)), (x, y, keys))
    return params, losses


def orders(epochs, by_length=False):
    """Rows of every step, (steps, 64): shuffled, or neighbours in length as shuffled batches."""
    rng, whole = np.random.default_rng(0), len(names) // BATCH * BATCH
    ranks = np.argsort(np.sum(names > 0, axis=1), kind="stable")[-whole:].reshape(-1, BATCH)
    for _ in range(epochs):
        yield (
            rng.permutation(ranks)
            if by_length
            else rng.permutation(len(names))[:whole].reshape(-1, BATCH)
        )


@cache
def learnt(epochs=4, padding=0, dropout=0.0, ways=2, by_length=False):
    """The parameters, and every step's loss."""
    rows = np.concatenate(list(orders(epochs, by_length)))
    params = functional.init(jax.random.key(0), len(NAMES), HIDDEN, 1)
    return trained(params, names[rows], countries[rows], padding, dropout, ways)


def right(params, padding=0, ways=2):
    """Which test names are right."""
    found = scores(params, test_names, padding, 0.0, jax.random.key(0), ways)
    return np.asarray(found).argmax(axis=1) == test_countries


@answer(
    "Few widths are enough only if neighbours in length are put into one batch: shuffled, nearly "
    "every batch has a long phrase, and even six widths leave three quarters of the cells. Sorted "
    "among 50 batches, three widths, each half of the next, leave under a third, and six hardly "
    "less. So: 13, 26 and 52. (Kaggle's phrases are not at hand; these lengths are drawn, with a "
    "long tail as phrases have.)",
    "只有把长度相近的放进同一批，少数几种宽度才够用：打乱时，几乎每批都有一个长句，六种宽度也还剩"
    "四分之三的格子。在 50 批之内排序，三种宽度（每种是下一种的一半）只剩不到三分之一，六种也少不"
    "了多少。所以选 13、26、52。（手头没有 Kaggle 的数据，这里的长度是抽出来的，像短语那样有长"
    "尾。）",
)
def widths_for_sentences():
    rng = np.random.default_rng(0)
    lengths = np.clip(rng.lognormal(1.7, 0.8, 48_000).round(), 1, 52).astype(int)
    half, most = np.quantile(lengths, (0.5, 0.95))
    print(
        f"made up: half of the phrases have up to {half:.0f} words, one in twenty over {most:.0f}"
    )
    near = np.sort(lengths.reshape(-1, 50 * BATCH), axis=1)  # 50 batches at a time, sorted
    for widths in ((52,), (26, 52), (13, 26, 52), (8, 16, 24, 32, 40, 52)):
        for name, order in (("shuffled", lengths), ("sorted", near)):
            longest = order.reshape(-1, BATCH)[: len(lengths) // BATCH].max(axis=1)
            cells = np.array(widths)[np.searchsorted(widths, longest)]
            print(f"{widths!s:26} {name}: {cells.mean() / 52:.0%} of the cells")


@answer(
    "Some six names in a hundred, and the countries whose beginnings tell: when the forward "
    "direction arrives at the last letter, the first one is long ago. Greek and Irish names lose "
    "less than those. A Greek name shows itself at its end (-poulos, -akis), which the forward "
    "direction has just read; an Irish one at its beginning (O', Mc), which the backward "
    "direction has just read. (One layer, four epochs, and few names of each country: single "
    "points do not mean much.)",
    "一百个名字里少对六个左右，损失大的是开头最有特征的国家：正向读到最后一个字母时，第一个已经过"
    "去很久。希腊和爱尔兰的名字损失小一些。希腊名字的特征在末尾（-poulos、-akis），正向刚刚读过；"
    "爱尔兰名字在开头（O'、Mc），是反向刚刚读过的。（一层，四轮，每个国家的名字也不多：一两个百分"
    "点说明不了什么。）",
)
def one_direction():
    both, forward = (right(learnt(ways=ways)[0], ways=ways) for ways in (2, 1))
    print(f"both ways {both.mean():.0%}, forward {forward.mean():.0%}")
    rows = [test_countries == k for k in range(len(NAMES))]
    lost = np.array([both[those].mean() - forward[those].mean() for those in rows])
    for k in [*lost.argsort()[:-4:-1], NAMES.index("Greek"), NAMES.index("Irish")]:
        print(f"{NAMES[k]:12} {both[rows[k]].mean():.0%} -> {forward[rows[k]].mean():.0%}")


@answer(
    "Yes: it gets about as many right. It learns to let the state stand while zeros come, which "
    "is what the mask does for nothing; its loss is somewhat higher on the way. And it pays for "
    "every column of padding, and depends on the width that it was trained with.",
    "能：答对的差不多一样多。它学会了在读到 0 时让状态保持不变，而这正是掩码白送的；学的过程中损失"
    "略高一些。此外，每一列填充它都要花时间算，结果还取决于训练时的宽度。",
)
def padding_read():
    for name, padding in (("lengths", 0), ("counted", 1)):
        params, losses = learnt(padding=padding)
        last, share = float(losses[-46:].mean()), right(params, padding).mean()
        print(f"{name}: loss of the last epoch {last:.2f}, right {share:.0%}")


@answer(
    "The cells are halved, the accuracy is about the same; it may suffer where length and country "
    "go together, since a batch is then no fair sample.",
    "格子少了一半，准确率差不多；如果长度与国家有关，准确率可能变差，因为这样的一批不是公平的样"
    "本。",
)
def neighbours():
    lengths = np.sum(names > 0, axis=1)
    for by_length in (False, True):
        longest = [lengths[rows].max() for epoch in orders(1, by_length) for rows in epoch]
        params, _ = learnt(by_length=by_length)
        name = "neighbours" if by_length else "shuffled"
        share = right(params).mean()
        print(f"{name:10} {np.mean(longest) / 20:.0%} of the cells, right {share:.0%}")


@answer(
    "After the first few: the loss goes on to almost nothing, and of the names that it has not "
    "seen the net gets no more right, for it now learns the training names by heart. Dropout "
    "slows that down, and with it a few more are right in the end. (Here the dropout is on the "
    "last states of one layer, and 16 epochs stand for 30; in nn.GRU it stands between the "
    "layers.)",
    "头几轮之后就不再上升：损失一直降到几乎为零，没见过的名字却没有多答对，因为网络在背训练用的名"
    "字。dropout 让这件事慢下来，最后能多答对几个。（这里的 dropout 加在单层的最后状态上，用 16 轮"
    "代替 30 轮；nn.GRU 的 dropout 在层与层之间。）",
)
def thirty_epochs():
    for dropout in (0.0, 0.5):
        for epochs in (4, 16):
            params, losses = learnt(epochs, dropout=dropout)
            last, share = float(losses[-46:].mean()), right(params).mean()
            print(f"dropout {dropout}, {epochs:2} epochs: loss {last:.2f}, right {share:.0%}")
