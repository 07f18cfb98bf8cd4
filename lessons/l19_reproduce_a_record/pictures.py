"""The images, and what an epoch does to them: NumPy alone, for both programs.

What is drawn here depends on the seed, the epoch and the example's number, on nothing else: both
programs mirror and shift the same images by the same pixels.
"""

import numpy as np

from jaxdl import replay
from jaxdl.data import load

MEAN = np.array([0.4914, 0.4822, 0.4465], np.float32)
STD = np.array([0.2470, 0.2435, 0.2616], np.float32)


def splits(name):
    """Training and test images, (n, 32, 32, 3) of 0 to 255, and their labels, (n,)."""
    found = load(name)
    pairs = enumerate((found.train, found.test))
    return tuple((coloured(split.x, i), split.y) for i, split in pairs)


def coloured(images, seed):
    """Grey images as ink of one colour on paper of another, with grain; others as they are.

    In each channel ink and paper are half the range apart, one or the other the brighter: what is
    written is in no channel by itself, nor in their mean. Without grain, as of a film, paper would
    be flat, and a pooling would have to choose among equals.
    """
    if images.ndim == 4:
        return images
    grey = np.pad(images, ((0, 0), (2, 2), (2, 2))).astype(np.int32)[..., None]  # 28 -> 32
    generator = replay.Generator(seed)
    paper = generator.randint(0, 128, (len(grey), 1, 1, 3))
    paper = 32 + paper % 64 + paper // 64 * 128  # from 32 to 95, or from 160 to 223
    ink = (paper + 128) % 256
    grain = generator.randint(-16, 17, (*grey.shape[:3], 3))
    return ((paper * (255 - grey) + ink * grey + 127) // 255 + grain).astype(np.uint8)


def normalised(images):
    """(n, 32, 32, 3) of 0 to 255 -> the same shape, in each channel about mean 0, deviation 1."""
    return (images.astype(np.float32) / 255 - MEAN) / STD


def examples(config):  # -> x (n, 32, 32, 3), y (n,) of 0 to 9
    """The training images of a Config's data set."""
    (images, y), _ = splits(config.data)
    return normalised(images), y


def test_examples(config):
    """Images that no step sees."""
    _, (images, y) = splits(config.data)
    return normalised(images), y


def mirrored(config, n, epoch):
    """Which of n images an epoch shows as in a mirror, (n,).

    Alternating: the first epoch draws them, and every epoch mirrors those that the one before did
    not. So in two epochs each image is seen both ways; drawn anew, half of them are not.
    """
    if config.flip == "none":
        return np.zeros(n, bool)
    drawn = _stream(config, epoch if config.flip == "random" else 0, 0).random(n) % 2 == 1
    return drawn ^ (config.flip == "alternating" and epoch % 2 == 1)


def shifts(config, n, epoch):
    """Where the window of each image begins in the image with its border, (n, 2): down, right."""
    return _stream(config, epoch, 1).randint(0, 2 * config.translate + 1, (n, 2))


def augments(config):
    """Whether an epoch changes the images at all."""
    return config.flip != "none" or config.translate > 0


def visits(config, order):
    """An order (epochs, n) without the rest that makes no whole batch, and what is done to each."""
    n = order.shape[1]
    order = np.asarray(order)[:, : n // config.batch_size * config.batch_size]
    if not augments(config):
        return order
    flips = [mirrored(config, n, epoch)[row] for epoch, row in enumerate(order)]
    windows = [shifts(config, n, epoch)[row] for epoch, row in enumerate(order)]
    return order, np.reshape(flips, order.shape), np.reshape(windows, (*order.shape, 2))


def _stream(config, epoch, which):
    return replay.Generator((config.seed + 1_000_003 * (2 * epoch + which + 1)) % 2**32)
