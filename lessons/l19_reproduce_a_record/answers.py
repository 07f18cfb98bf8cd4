"""Answers to the questions that the chapter ends with, in its order."""

from dataclasses import replace
from functools import cache

import numpy as np

from jaxdl.course.exercises import answer
from lessons.l19_reproduce_a_record import LESSON, Config, functional, pictures

QUICK = replace(Config(**LESSON.quick), width=4)


@cache
def accuracy(config):
    """Of the test images at one look, after a quick run."""
    data = functional.examples(config)
    params, _ = functional.train(config, data)
    test = functional.test_examples(config)
    return float(functional.accuracy(functional.apply, params, test, config.compiled))


@answer(
    "One short run of a narrow net each, with whitening and without: it shows how such a question "
    "is asked, and whether a fault is gross. Differences of a few points are the seed's; the "
    "paper's take many seeds.",
    "有白化和没有白化，各做一次窄网络的短训练：它说明这样的问题怎么问，以及有没有大错。几个百分点的差"
    "别可能只是种子造成的；论文的那些差别要靠许多种子。",
)
def one_thing_taken_away():
    for name, config in {"everything": QUICK, "no whitening": replace(QUICK, whiten=False)}.items():
        print(f"{name:13} {accuracy(config):.1%}")


@answer(
    "A net that must know 2 and its mirror image as one class has more to learn, and has only a "
    "few steps. It can, since hardly any digit's mirror image is another digit.",
    "网络要把 2 和它的镜像认作同一类，要学的就更多，而步数只有那么几步。学得会，是因为没有哪个数字"
    "的镜像恰好是另一个数字。",
)
def without_flips():
    for flip in ("alternating", "none"):
        print(f"{flip:11} {accuracy(replace(QUICK, flip=flip)):.1%}")


@answer(
    "4 · 4 · 3 = 48 directions, 96 kernels with their opposites. Most of the variance is in a "
    "few: the others are divided by small roots, and so are mostly noise made loud.",
    "4 · 4 · 3 = 48 个方向，连同相反的一共 96 个核。方差大多集中在少数几个里：其余的要除以很小的平"
    "方根，大半是被放大的噪声。",
)
def larger_patches():
    (images, _), _ = pictures.splits("digits")
    x = pictures.normalised(images[:200]).astype(np.float64)
    patches = np.lib.stride_tricks.sliding_window_view(x, (4, 4), (1, 2)).reshape(-1, 48)
    variances = np.linalg.eigvalsh(patches.T @ patches / len(patches))[::-1]
    shares = np.cumsum(variances) / variances.sum()
    for share in (0.9, 0.99):
        print(f"{share:.0%} of the variance: {int((shares < share).sum()) + 1} of 48 directions")


@answer(
    "Here next to nothing that one run could show: 24 numbers learn for some steps more. The "
    "paper stops them to save time, not because it helps.",
    "这里几乎看不出什么：不过是 24 个数多学了若干步。论文停下它们是为了省时间，不是因为这样更好。",
)
def the_first_bias_to_the_end():
    for share in (0.3, 1.0):
        print(f"--freeze {share}: {accuracy(replace(QUICK, freeze=share)):.1%}")


@answer(
    "For this one, each number of Config is a row. Where the right column cannot be filled from "
    "the text, the paper leaves something open: ask its authors, or write your choice down.",
    "以这篇为例，Config 的每个数字都是一行。右边一列从正文里填不出来的地方，就是论文没有说的：去问"
    "作者，或者写下自己的选择。",
)
def a_table_of_statements():
    fields = [name for name in vars(Config()) if name not in ("data", "seed", "bfloat16")]
    print(len(fields), "numbers and choices:", ", ".join(fields))
