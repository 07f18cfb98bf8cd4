"""Dropout with masks that are given: with PyTorch's mask it gives PyTorch's numbers."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from jaxtyping import Array, Bool, Float

from jaxdl.nn.cells import AnyArray
from jaxdl.nn.checks import check_dropout

# What SELU makes of -∞: the number that AlphaDropout puts where it drops.
SATURATION = -1.7580993408473766


def dropout(
    x: Float[AnyArray, "..."],
    rate: float,
    *,
    keep: Bool[AnyArray, "..."] | None = None,
    key: Any = None,
) -> Float[Array, "..."]:
    """x where it is kept, times 1 / (1 - rate), and 0 elsewhere.

    Args:
        x: any numbers.
        rate: the share that is dropped, 0 to 1.
        keep: the mask, of x's shape or with ones in it: (batch, 1, 1, channels) drops whole
            channels, as `torch.nn.Dropout2d`. None: drawn by the key.
        key: None, as `keep`: evaluation, nothing is dropped.

    Raises:
        ValueError: rate is not from 0 to 1.

    References:
        Equals `torch.nn.functional.dropout` and its kin where `keep` is what they drew.
    """
    x, keep = _mask(x, rate, keep, key)
    if keep is None:
        return x
    scale = 1 / (1 - rate) if rate < 1 else 0.0  # all is dropped: not 0·inf
    return jnp.where(keep, x * scale, 0)


def alpha_dropout(
    x: Float[AnyArray, "..."],
    rate: float,
    *,
    keep: Bool[AnyArray, "..."] | None = None,
    key: Any = None,
) -> Float[Array, "..."]:
    """-1.758 where x is not kept, then scaled and shifted: mean 0 and variance 1 stay.

    Args:
        x, rate, keep, key: as in `dropout`.

    References:
        Klambauer et al., Self-Normalizing Neural Networks, NeurIPS 2017. Equals
        `torch.nn.functional.alpha_dropout`, and `feature_alpha_dropout`, where `keep` is what they
        drew.
    """
    x, keep = _mask(x, rate, keep, key)
    if keep is None:
        return x
    if rate == 1:
        return jnp.zeros_like(x)
    a = ((SATURATION**2 * rate + 1) * (1 - rate)) ** -0.5
    return jnp.where(keep, x, SATURATION) * a - a * rate * SATURATION


def _mask(x: Any, rate: float, keep: Any, key: Any) -> tuple[Array, Array | None]:
    """x, and the mask of its shape, if something is dropped."""
    check_dropout(rate)
    x = jnp.asarray(x)
    if keep is None and key is not None:
        keep = jax.random.bernoulli(key, 1 - rate, x.shape)
    return x, None if keep is None else jnp.broadcast_to(jnp.asarray(keep, bool), x.shape)


class Dropout(nnx.Dropout):
    """`flax.nnx.Dropout` that takes a mask, too: the same as `dropout` then."""

    def __call__(
        self,
        inputs: Float[AnyArray, "..."],
        *args: Any,
        keep: Bool[AnyArray, "..."] | None = None,
        **options: Any,
    ) -> Float[Array, "..."]:
        """The inputs, dropped by the mask, or as Flax draws it."""
        if keep is not None:
            return dropout(inputs, self.rate, keep=keep)
        return super().__call__(jnp.asarray(inputs), *args, **options)
