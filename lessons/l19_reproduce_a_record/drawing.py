"""The lesson's figure."""

import numpy as np

from jaxdl import plots
from lessons.l19_reproduce_a_record import pictures
from lessons.l19_reproduce_a_record.recipe import functional as recipe


def figures(config, params, history, data):
    """The loss; the whitening kernels; what two epochs show of the same images."""
    drawn, (above, left, right) = plots.mosaic("aa;bc", height=5.4, heights=(2, 3))
    plots.learning(above, f"{plots.say('loss and test accuracy')} ({config.data})", history)
    kernels = np.moveaxis(np.asarray(params["whiten"]["kernel"])[..., :12], -1, 0)
    scale = np.abs(kernels).max(axis=(1, 2, 3), keepdims=True)
    title = plots.say("the first 12 kernels of the first layer", "第一层的前 12 个卷积核")
    sheet(left, title, 0.5 + kernels / scale / 2, 4)
    seen, n = [data[0][:6]], len(data[0])
    for epoch in range(2) if pictures.augments(config) else ():
        flip = pictures.mirrored(config, n, epoch)[:6]
        shift = pictures.shifts(config, n, epoch)[:6]
        seen.append(recipe.augmented(seen[0], flip, shift, config.translate))
    images = np.concatenate(seen) * pictures.STD + pictures.MEAN
    title = plots.say("six images; the same in two epochs", "六张图像，以及它们在两轮里的样子")
    sheet(right, title, np.clip(images, 0, 1), 6)
    return drawn


def sheet(axes, title, images, columns):
    """Small pictures in colour, (n, height, width, 3) of 0 to 1, in a grid."""
    edge = max(1, images.shape[1] // 8)
    cells = np.pad(images, ((0, 0), (0, edge), (0, edge), (0, 0)), constant_values=1)
    rows = [np.concatenate(list(row), 1) for row in np.split(cells, len(cells) // columns)]
    axes.imshow(np.concatenate(rows))
    axes.set(title=title)
    axes.axis("off")
