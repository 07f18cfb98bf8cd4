"""Answers to the questions that the chapter ends with, in its order."""

import tempfile
from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl.course.exercises import answer
from jaxdl.train import Checkpoints
from lessons.l09_softmax_classifier import Config
from lessons.l09_softmax_classifier.functional import (
    apply,
    examples,
    init,
    inputs,
    loss,
    test_examples,
    train,
)

LECTURE = Config()


@answer(
    "Shown on the digits that come along, with a learning rate of 0.1, because they have few "
    "steps an epoch; MNIST takes minutes. After one epoch neither has learnt much. In the middle "
    "momentum is ahead, and after ten epochs the two are close again: at the same learning rate "
    "momentum 0.5 makes steps that are up to twice as long, which is worth most while both are "
    "still on their way.",
    "这里用随课程附带的数字图片，学习率取 0.1，因为它每轮步数少；MNIST 要跑好几分钟。一轮之后两者"
    "都没学到多少。中间阶段带动量的领先；十轮之后又接近了：学习率相同时，动量 0.5 的步长最多是原来"
    "的两倍，在两者都还没到终点的时候最有用。",
)
def with_and_without_momentum():
    data, test = examples(LECTURE), test_examples(LECTURE)
    for momentum in (0.5, 0.0):
        config = replace(LECTURE, learning_rate=0.1, momentum=momentum)
        _, history = train(config, data, test=test)
        shown = {e: f"{history['test_accuracy'][e - 1]:.2f}" for e in (1, 2, 4, 6, 8, 10)}
        print(f"momentum {momentum}: test accuracy after epoch {shown}")


@answer(
    "Three of the six, in all 20 epochs where this was written. Shown are the first 8: one net "
    "already gives the same answer to every picture and one is nearly lost, and seed 0, which "
    "looks well here, is lost later. Steps that long can throw a net off at any time. The seed "
    "decides, so a single run says little about such a learning rate.",
    "走满 20 轮时，写这段话的机器上六个里有三个学会了。这里显示前 8 轮：已经有一个网络对每张图的回"
    "答都一样，还有一个快不行了；种子 0 这时看起来还好，后来也垮了。步子这么长，网络随时可能被甩出"
    "去。结果取决于种子，所以只跑一次，对这样的学习率说明不了什么。",
)
def long_steps():
    data, (x, y) = examples(LECTURE), test_examples(LECTURE)
    for seed in range(6):
        config = replace(LECTURE, learning_rate=0.1, momentum=0.9, epochs=8, seed=seed)
        params, _ = train(config, data)
        guesses = np.array(jnp.argmax(apply(params, x), axis=1))
        print(
            f"seed {seed}: test accuracy {np.mean(guesses == y):.2f}, "
            f"{len(np.unique(guesses))} different answers"
        )


@answer(
    "They are the same, number by number, except for the seconds. Shown on 128 digits instead of "
    "MNIST: one run of three epochs, and one that ends after the first and goes on from its "
    "checkpoint. An epoch's order depends on the key and the number of the epoch alone, and the "
    "state holds all that changes, the velocity too.",
    "除了用时以外，每个数都一样。这里用 128 张数字图片代替 MNIST：一次连续走三轮；另一次走完第一轮"
    "就结束，再从检查点接着走。每一轮的顺序只由 key 和轮的编号决定，而会变的东西都在状态里，包括动"
    "量。",
)
def interrupted():
    data = tuple(column[:128] for column in examples(LECTURE))

    def run(epochs, checkpoints=None):
        return train(replace(LECTURE, epochs=epochs), data, checkpoints=checkpoints)

    with tempfile.TemporaryDirectory() as folder:
        for epochs in (1, 3):
            with Checkpoints(folder, run={}, resume=True, report=lambda line: None) as checkpoints:
                resumed, _ = run(epochs, checkpoints)
    whole, _ = run(3)
    same = jax.tree.all(jax.tree.map(np.array_equal, resumed, whole))
    print("1 epoch, then on to 3 = 3 epochs at once, bit for bit:", same)


@answer(
    "It answers with a digit, for it has no other words, and often with a high probability: here "
    "for an H, an X and for mere noise; beside them what it says of the test set. None of the ten "
    "outputs means 'none of these': softmax makes them add up to 1, whatever the picture. Whoever "
    "wants that answer needs an eleventh class with examples of its own, or a threshold, and a "
    "threshold fails where the net is sure of nonsense.",
    "它只会回答数字，因为它没有别的答案，而且概率往往不低：这里给它看字母 H、字母 X 和一片噪声，并"
    "与它在测试集上的回答对照。十个输出里没有一个表示“都不是”：不管是什么图，softmax 都让它们加起"
    "来等于 1。要有这个答案，就得加第十一个类别并给它样本，或者设一个阈值；而网络对不相干的图也很"
    "有把握时，阈值就不管用了。",
)
def letters():
    config = replace(LECTURE, learning_rate=0.1)
    params, _ = train(config, examples(config))
    h = np.zeros((28, 28), "float32")
    h[5:23, 8:11] = h[5:23, 17:20] = h[12:15, 8:20] = 255
    rows = np.arange(6, 22)
    cross = np.zeros_like(h)
    for shift in (-1, 0, 1):
        cross[rows, rows + shift] = cross[rows, 27 - rows + shift] = 255
    noise = np.random.default_rng(0).uniform(0, 255, (28, 28))
    x, y = test_examples(config)
    p = jax.nn.softmax(apply(params, x))
    right = float(jnp.mean(jnp.argmax(p, axis=1) == y))
    print(f"test set: {right:.2f} right, median probability {np.median(np.max(p, axis=1)):.2f}")
    for name, picture in {"H": h, "X": cross, "noise": noise}.items():
        p = jax.nn.softmax(apply(params, inputs(picture[None])))[0]
        print(f"{name}: taken for {jnp.argmax(p)} with probability {jnp.max(p):.2f}")


@answer(
    "Only the bias of the last layer. All hidden numbers are 0, so the last kernel's gradient, "
    "hidden times slope, is 0. The last kernel is 0 as well, so nothing passes back through it to "
    "the layers before, and a ReLU at 0 would let nothing through anyway. The bias learns how "
    "frequent each digit is, and the loss stays near log 10 = 2.30.",
    "只有最后一层的偏置会变。隐藏层的数全是 0，所以最后一层 kernel 的梯度（隐藏值乘以传来的导数）"
    "是 0。最后一层的 kernel 也是 0，梯度就无法穿过它传到前面各层；何况 ReLU 在 0 处本来也不放梯度"
    "过去。偏置学到的是各个数字出现的频率，损失停在 log 10 = 2.30 附近。",
)
def from_zero():
    data = examples(LECTURE)
    params = jax.tree.map(jnp.zeros_like, init(jax.random.key(0)))
    trained, _ = train(replace(LECTURE, epochs=2), data, params)
    for name, layer in trained.items():
        print(name, {part: f"moved by {jnp.abs(leaf).max():.3f}" for part, leaf in layer.items()})
    print(f"loss {loss(trained, data):.3f}")
