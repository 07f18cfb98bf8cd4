"""What the normalisations have in common: precision, standardisation, scale and bias."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from flax.nnx.nn.dtypes import promote_dtype
from flax.typing import Dtype, Initializer
from jaxtyping import Array

ZEROS, ONES = jax.nn.initializers.zeros, jax.nn.initializers.ones


def wide(dtype: Any) -> Any:
    """The dtype, or float32 where it has fewer bits: what PyTorch averages in."""
    return dtype if jnp.finfo(dtype).bits >= 32 else jnp.float32


def standardised(x: Array, axes: Sequence[int], epsilon: float) -> Array:
    """x less its mean over the axes, divided by the root of its mean squared deviation there."""
    x = x - jnp.mean(x, tuple(axes), keepdims=True)
    return x * jax.lax.rsqrt(jnp.mean(x**2, tuple(axes), keepdims=True) + epsilon)


class Affine(nnx.Module):
    """A scale and a bias, of the last axes; either may be left out."""

    def __init__(
        self,
        shape: tuple[int, ...],
        *,
        use_bias: bool,
        use_scale: bool,
        dtype: Dtype | None,
        param_dtype: Dtype,
        bias_init: Initializer,
        scale_init: Initializer,
        rngs: nnx.Rngs,
    ):
        def param(use: bool, init: Initializer) -> Any:
            return nnx.Param(init(rngs.params(), shape, param_dtype)) if use else nnx.data(None)

        self.scale: nnx.Param[Array] | None = param(use_scale, scale_init)
        self.bias: nnx.Param[Array] | None = param(use_bias, bias_init)
        self.shape, self.dtype, self.param_dtype = shape, dtype, param_dtype
        self.use_bias, self.use_scale = use_bias, use_scale

    def _promoted(self, x: Any) -> tuple[Array, Array | None, Array | None, Any]:
        """x, scale and bias in the dtype of the averages, scale and bias of x's rank; x's dtype.

        Raises:
            ValueError: x has not the features of the layer.
        """
        scale, bias = (None if p is None else p[...] for p in (self.scale, self.bias))
        x, scale, bias = promote_dtype((jnp.asarray(x), scale, bias), dtype=self.dtype)
        if x.shape[x.ndim - len(self.shape) :] != self.shape:
            raise ValueError(f"x has shape {x.shape}; the layer's features are {self.shape}")
        ones = (1,) * (x.ndim - len(self.shape))
        scale, bias = (
            None if p is None else p.reshape(ones + p.shape).astype(wide(x.dtype))
            for p in (scale, bias)
        )
        return x.astype(wide(x.dtype)), scale, bias, x.dtype


def scaled(y: Array, scale: Array | None, bias: Array | None) -> Array:
    """y · scale + bias, where there are such."""
    y = y if scale is None else y * scale
    return y if bias is None else y + bias
