"""What the net begins with: kernels that whiten images, and kernels that pass on their input."""

from functools import cache

import numpy as np

from lessons.l19_reproduce_a_record import pictures

IMAGES = 5000
EPSILON = 5e-4


def kernel(images):
    """The principal directions of all 2 × 2 patches over their deviations, and their opposites.

    A patch is 2 · 2 · 3 = 12 numbers p, and E[p pᵀ] = V diag(λ) Vᵀ. The first 12 kernels are the
    columns of V over √(λ + ε), the largest λ first: their answers have variance 1 each and no
    correlations. The other 12 are the opposites, since behind them a GELU cuts off what is below 0.
    A direction has no sign of its own: here its largest number is positive.

    Args:
        images: (n, 32, 32, 3), normalised; the first 5,000 are looked at.

    Returns:
        (2, 2, 3, 24) of float32.
    """
    total, count = np.zeros((12, 12)), 0
    for few in np.array_split(images[:IMAGES], -(-len(images[:IMAGES]) // 250)):
        few = few.astype(np.float64)
        h, w = few.shape[1] - 1, few.shape[2] - 1
        corners = [few[:, i : i + h, j : j + w] for i in (0, 1) for j in (0, 1)]
        patches = np.stack(corners, axis=-1).reshape(-1, 12)  # a colour, then its four pixels
        total, count = total + patches.T @ patches, count + len(patches)
    variances, directions = np.linalg.eigh(total / count)  # the smallest first
    directions = directions[:, ::-1] / np.sqrt(variances[::-1] + EPSILON)
    largest = np.abs(directions).argmax(axis=0)
    directions *= np.sign(directions[largest, np.arange(12)])
    both = np.concatenate([directions, -directions], axis=1).reshape(3, 2, 2, 24)
    return both.transpose(1, 2, 0, 3).astype(np.float32)


@cache
def kernel_of(data):
    """The kernel of a data set's training images."""
    (images, _), _ = pictures.splits(data)
    return kernel(pictures.normalised(images[:IMAGES]))


def identity(key, shape, dtype=np.float32):
    """PyTorch's draw, but the first kernels pass on one channel each, as `torch.nn.init.dirac_`.

    Args:
        key: of the draw.
        shape: (height, width, channels, kernels).
        dtype: of what is given.
    """
    import jax
    import jax.numpy as jnp

    height, width, channels, out = shape
    bound = (height * width * channels) ** -0.5
    drawn = jax.random.uniform(key, shape, dtype, -bound, bound)
    one = (
        jnp.zeros(shape, dtype).at[height // 2, width // 2].set(jnp.eye(channels, out, dtype=dtype))
    )
    return jnp.where((jnp.arange(out) < channels)[None, None, None], one, drawn)
