"""Typical wrong answers."""

import jax.numpy as jnp

from jaxdl.course.exercises import wrong


@wrong(
    "join",
    "axis=1 is PyTorch's place for the channels. In NHWC it is the height: the maps are put one "
    "below the other.",
    "axis=1 是 PyTorch 放通道的地方。在 NHWC 里它是高：特征图被上下接在了一起。",
)
def along_the_height(branches):
    return jnp.concatenate(branches, axis=1)


@wrong(
    "join",
    "axis=0 are the images of the batch: this has made a larger batch of them.",
    "axis=0 是批量里的各幅图：这样只是得到了更大的批量。",
)
def along_the_batch(branches):
    return jnp.concatenate(branches, axis=0)


@wrong(
    "join",
    "axis=2 is the width.",
    "axis=2 是宽。",
)
def along_the_width(branches):
    return jnp.concatenate(branches, axis=2)


@wrong(
    "join",
    "A sum mixes what the branches have found; it is ResNet that adds. Here each keeps channels "
    "of its own.",
    "相加会把各分支的结果混在一起；相加的是 ResNet。这里每个分支保留自己的通道。",
)
def added(branches):
    return sum(branches)


@wrong(
    "join",
    "stack makes a new axis; the channels shall become more on the axis that they have.",
    "stack 会增加一个新轴；这里是要在原有的通道轴上变多。",
)
def stacked(branches):
    return jnp.stack(branches, axis=-1)
