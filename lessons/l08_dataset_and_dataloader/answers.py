"""Answers to the questions that the chapter ends with, in its order."""

from dataclasses import replace
from time import perf_counter

import jax
import numpy as np

from jaxdl.course.exercises import answer
from jaxdl.data import DataError
from lessons.l08_dataset_and_dataloader import Config
from lessons.l08_dataset_and_dataloader.functional import (
    epoch_order,
    examples,
    init,
    loss,
    result,
    train,
)


@answer(
    "On diabetes between the 100th and the 200th epoch, some 3,000 steps after the start: that is "
    "why the default of 100 epochs shows almost nothing on these data. Shown are 200 of the 1000 "
    "epochs. The breast-cancer set leaves the plateau within 100 epochs. (Without the diabetes "
    "file only that one is shown.)",
    "在糖尿病数据上是第 100 轮到第 200 轮之间，也就是开始之后约 3000 步：所以默认的 100 轮在这份数"
    "据上几乎看不出变化。这里只走 1000 轮里的前 200 轮。乳腺癌数据在 100 轮之内就离开平台。（没有"
    "糖尿病数据文件时，只显示这一份。）",
)
def off_the_plateau():
    for name, epochs in (("diabetes", 200), ("breast_cancer", 100)):
        config = Config(data=name, epochs=epochs)
        try:
            data = examples(config)
        except DataError:
            print(f"{name}: not on this machine; `jaxdl data list` says how to get it")
            continue
        _, history = train(config, data)
        shown = [1, 25, 50, 100, 150, 200]
        losses = {e: f"{np.mean(history['loss'][e - 1]):.3f}" for e in shown if e <= epochs}
        print(f"{name:13} mean loss of epoch", losses)


@answer(
    "The same number of steps leads to losses that are not far apart, although one run has looked "
    "at 569 times as many examples. Nor does it take anything like 569 times as long: a step has "
    "a price of its own, and a larger product is computed more efficiently. Here with a fifth of "
    "the steps, 1138.",
    "步数相同，两个损失相差不大，尽管其中一个看过的样本是另一个的 569 倍。时间也远远不到 569 倍："
    "每一步本身就有固定的开销，而且较大的矩阵相乘效率更高。这里只走五分之一的步数，1138 步。",
)
def one_example_or_all():
    data = examples(Config())
    for batch_size, epochs in ((1, 2), (569, 1138)):
        config = Config(batch_size=batch_size, epochs=epochs)
        train(replace(config, epochs=1), data)  # compiles
        begun = perf_counter()
        params, history = train(config, data)
        loss = float(result(config, params, history, data)["loss"])
        seen = epochs * len(data[0])
        print(
            f"batches of {batch_size:3}: {seen // batch_size} steps, {seen:,} examples seen, "
            f"loss {loss:.2f}, {perf_counter() - begun:.2f} s"
        )


@answer(
    "No: of 569 draws with replacement about 1/e, 37%, never hit a given patient, and others come "
    "several times. An epoch is then only a number of steps. The loss at the end is nearly the "
    "same here: a batch drawn this way is just as good an estimate of the gradient.",
    "不算：有放回地抽 569 次，大约有 1/e（37%）的病人一次也没抽到，有的则抽到好几次。这时“一轮”只"
    "表示若干步。这里最后的损失几乎一样：这样抽出的批量，对梯度的估计同样好。",
)
def with_replacement():
    config = Config()
    data = examples(config)
    key, n = jax.random.key(0), len(data[0])
    ways = {
        "permutation": [epoch_order(key, epoch, n) for epoch in range(100)],
        "with replacement": jax.random.randint(key, (100, n), 0, n),
    }
    for name, rows in ways.items():
        times = np.bincount(rows[0], minlength=n)
        params, history = train(config, data, order=rows)
        loss = float(result(config, params, history, data)["loss"])
        print(
            f"{name:16} in the first epoch {np.mean(times == 0):.0%} never seen, "
            f"one up to {times.max()} times; loss after 100 epochs {loss:.3f}"
        )


@answer(
    "Shuffled: by a quarter of its length, so that a step goes in nearly the right direction. "
    'Sorted: by more than its length. A batch of one label only says "more of this label", '
    "whoever the patients are; the second part of the epoch says the opposite.",
    "打乱时，偏离约为梯度长度的四分之一，所以一步的方向大致是对的。按标签排序时，偏离超过梯度本身的长度：只含"
    "一种标签的批量，不管特征如何，梯度都只会提高这种标签的概率；到了一轮的后半段又正好相反。",
)
def off_the_gradient_of_all():
    x, y = examples(Config())
    start, n = init(jax.random.key(1), 30), len(x)
    gradient_of_loss = jax.jit(jax.grad(loss))

    def gradient(rows):
        slopes = gradient_of_loss(start, (x[rows], y[rows]))
        return np.concatenate([np.ravel(slope) for slope in jax.tree.leaves(slopes)])

    truth = gradient(np.arange(n))
    shuffled = np.asarray(epoch_order(jax.random.key(0), 0, n))
    by_label = np.argsort(y[:, 0], kind="stable")
    for name, order in {"shuffled": shuffled, "sorted": by_label}.items():
        batches = np.split(order, range(32, n, 32))[:-1]
        off = np.mean([np.linalg.norm(gradient(rows) - truth) for rows in batches])
        print(f"{name:8} off by {off:.2f}; all patients' is {np.linalg.norm(truth):.2f} long")
