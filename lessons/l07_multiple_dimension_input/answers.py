"""Answers to the questions that the chapter ends with, in its order."""

from dataclasses import replace

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl.course.exercises import answer
from jaxdl.data import DataError
from lessons.l07_multiple_dimension_input import Config
from lessons.l07_multiple_dimension_input.functional import apply, examples, linear, result, train


@answer(
    "On the lecture's data it is right for 0.71 of the patients, and whoever says the commoner "
    "label to everybody is right for 0.65: the net has learnt something, but little. On the "
    "breast-cancer set it is 0.95 against 0.63. An accuracy means nothing without that second "
    "number. (Without the diabetes file only the second set is shown.)",
    "在课上的数据上，准确率是 0.71；而对谁都回答较多的那类标签，准确率就有 0.65：网络学到了一些，"
    "但不多。在乳腺癌数据上是 0.95 比 0.63。没有后面这个数作比较，准确率说明不了什么。（没有糖尿病"
    "数据文件时，只显示第二份数据。）",
)
def against_the_commoner_label():
    for name in ("diabetes", "breast_cancer"):
        config = Config(data=name, activation="tanh")
        try:
            data = examples(config)
        except DataError:
            print(f"{name}: not on this machine; `jaxdl data list` says how to get it")
            continue
        params, history = train(config, data)
        right = float(result(config, params, history, data)["accuracy"])
        share = float(np.mean(data[1]))
        print(f"{name:13} accuracy {right:.2f}, commoner label {max(share, 1 - share):.2f}")


@answer(
    "Here the two humps as counts: in how many patients ŷ lies in each fifth of 0 to 1. After 300 "
    "epochs all still lie in one place; after 1000 most lie at the two ends, after 3000 nearly "
    "all. The mean ŷ of the two labels parts in the same way.",
    "这里用计数代替直方图：ŷ 落在 0 到 1 的每个五分之一区间里的病人数。300 轮之后还几乎挤在一处；"
    "1000 轮之后大多数到了两端，3000 轮之后几乎全部。两类标签的 ŷ 平均值也随之分开。",
)
def two_humps():
    config = Config()
    data = x, y = examples(config)
    for epochs in (100, 300, 1000, 3000):
        params, _ = train(replace(config, epochs=epochs), data)
        p = np.array(jax.nn.sigmoid(apply(params, x)))
        counts, _ = np.histogram(p, bins=5, range=(0, 1))
        means = [f"{p[y == label].mean():.2f}" for label in (0, 1)]
        print(f"{epochs:4} epochs: patients by ŷ {counts}, mean ŷ of label 0 and 1: {means}")


@answer(
    "linear(x) must have the shape of x: as many outputs as inputs. In an 8-6-4-1 net no layer "
    "has that, so a layer must first change the width and others, square ones, follow it with a "
    "skip. Broadcasting hides one mistake: a layer with a single output fits any x, and adds the "
    "same number to all features.",
    "linear(x) 的形状必须与 x 相同：输出个数等于输入个数。8-6-4-1 的网络里没有这样的层，所以要先用"
    "一层改变宽度，再接上带残差连接的方阵层。有一种错误会被广播掩盖：只有一个输出的层与任何 x 都能"
    "相加，给所有特征加上同一个数。",
)
def a_skip():
    def skip(layer, x):
        return x + jax.nn.sigmoid(linear(layer, x))

    x = jax.ShapeDtypeStruct((569, 6), jnp.float32)
    for outputs in (6, 4, 1):
        layer = {
            "kernel": jax.ShapeDtypeStruct((6, outputs), jnp.float32),
            "bias": jax.ShapeDtypeStruct((outputs,), jnp.float32),
        }
        try:
            print(f"6 -> {outputs}: {jax.eval_shape(skip, layer, x).shape}")
        except TypeError:
            print(f"6 -> {outputs}: TypeError, the two cannot be added")
