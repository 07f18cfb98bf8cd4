"""Normalisation by the neighbouring features."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from jaxdl.nn.cells import AnyArray
from jaxdl.nn.checks import check_positive


def local_response_norm(
    x: Float[AnyArray, "... features"],
    size: int,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 1.0,
) -> Float[Array, "... features"]:
    r"""Each number divided by a power of the mean square of its neighbours among the features.

    .. math::
        y_c = x_c \left( k + \frac{\alpha}{size} \sum_{c'} x_{c'}^2 \right)^{-\beta}

    c' goes from c - size // 2 to c + (size - 1) // 2; there is nothing beyond the first and the
    last feature, and the sum is divided by `size` there, too.

    Args:
        x: the features last.
        size: numbers in the sum.
        alpha, beta, k: as above.

    Raises:
        ValueError: size is not a positive integer.

    References:
        Krizhevsky, Sutskever and Hinton, ImageNet Classification with Deep Convolutional Neural
        Networks, NeurIPS 2012, section 3.3, which does not divide by the size. Equals
        `torch.nn.functional.local_response_norm`, with the features last.
    """
    check_positive(size=size)
    x = jnp.asarray(x)
    window, ones = (1,) * (x.ndim - 1) + (size,), (1,) * x.ndim
    pads = ((0, 0),) * (x.ndim - 1) + ((size // 2, (size - 1) // 2),)
    zero = np.zeros((), x.dtype)  # a constant: only so does JAX see that this is a sum
    total = jax.lax.reduce_window(x**2, zero, jax.lax.add, window, ones, pads)
    return x / (k + total * (alpha / size)) ** beta


class LocalResponseNorm:
    """`local_response_norm` with its arguments; it has no parameters.

    References:
        Equals `torch.nn.LocalResponseNorm`, with the features last.
    """

    def __init__(self, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0):
        check_positive(size=size)
        self.size, self.alpha, self.beta, self.k = size, alpha, beta, k

    def __call__(self, x: Float[AnyArray, "... features"]) -> Float[Array, "... features"]:
        """The normalised x."""
        return local_response_norm(x, self.size, self.alpha, self.beta, self.k)
