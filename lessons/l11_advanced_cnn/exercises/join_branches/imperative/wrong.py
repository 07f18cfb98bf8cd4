"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong


@wrong(
    "join",
    "dim=-1 is the width here; it is JAX's images that have the channels last.",
    "这里 dim=-1 是宽；通道在最后的是 JAX 的图像。",
)
def along_the_width(branches):
    return torch.cat(branches, dim=-1)


@wrong(
    "join",
    "dim=0 are the images of the batch: this has made a larger batch of them.",
    "dim=0 是批量里的各幅图：这样只是得到了更大的批量。",
)
def along_the_batch(branches):
    return torch.cat(branches, dim=0)


@wrong(
    "join",
    "Counting begins with 0: dim=2 is the height.",
    "下标从 0 数起：dim=2 是高。",
)
def along_the_height(branches):
    return torch.cat(branches, dim=2)


@wrong(
    "join",
    "A sum mixes what the branches have found; it is ResNet that adds. Here each keeps channels "
    "of its own.",
    "相加会把各分支的结果混在一起；相加的是 ResNet。这里每个分支保留自己的通道。",
)
def added(branches):
    return sum(branches)
