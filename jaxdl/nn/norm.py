"""Layer, root-mean-square and group normalisation as PyTorch defines them."""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype, Initializer
from jaxtyping import Array, Float

from jaxdl.nn.cells import AnyArray
from jaxdl.nn.checks import check_positive
from jaxdl.nn.moments import ONES, ZEROS, Affine, scaled, standardised


class LayerNorm(Affine):
    r"""Each example less its mean over its features, divided by its standard deviation there.

    .. math::
        y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \cdot scale + bias

    `flax.nnx.LayerNorm` has epsilon 1e-6, takes σ² as mean of squares less squared mean
    (`use_fast_variance`), and knows one axis of features; with epsilon 1e-5 it gives the same
    numbers up to rounding.

    Args:
        num_features: numbers along the last axis, or along as many of the last as there are sizes:
            PyTorch's normalized_shape.
        epsilon: added to the variance.
        dtype: of what is given out; None: what x, scale and bias promote to. Mean and variance are
            computed in float32 at least.
        param_dtype: of scale and bias.
        use_bias, use_scale: have them.
        bias_init, scale_init: initialisers; zeros and ones, as PyTorch's.
        rngs: the initial values' random keys.

    References:
        Ba, Kiros and Hinton, Layer Normalization, 2016. Equals `torch.nn.LayerNorm`.
    """

    def __init__(
        self,
        num_features: int | Sequence[int],
        *,
        epsilon: float = 1e-5,
        dtype: Dtype | None = None,
        param_dtype: Dtype = jnp.float32,
        use_bias: bool = True,
        use_scale: bool = True,
        bias_init: Initializer = ZEROS,
        scale_init: Initializer = ONES,
        rngs: nnx.Rngs,
    ):
        super().__init__(
            _shape(num_features),
            use_bias=use_bias,
            use_scale=use_scale,
            dtype=dtype,
            param_dtype=param_dtype,
            bias_init=bias_init,
            scale_init=scale_init,
            rngs=rngs,
        )
        self.epsilon = epsilon

    def __call__(self, x: Float[AnyArray, "... features"]) -> Float[Array, "... features"]:
        """The normalised x.

        Raises:
            ValueError: x has not the features of the layer.
        """
        x, scale, bias, dtype = self._promoted(x)
        axes = range(x.ndim - len(self.shape), x.ndim)
        return scaled(standardised(x, axes, self.epsilon), scale, bias).astype(dtype)


class RMSNorm(Affine):
    r"""Each example divided by the root of the mean of its features' squares.

    .. math::
        y = \frac{x}{\sqrt{mean(x^2) + \epsilon}} \cdot scale

    `flax.nnx.RMSNorm` has epsilon 1e-6; PyTorch's is the distance from 1 to the next number of the
    precision that is computed in, 1.2e-7 in float32 and 2.2e-16 in float64. With epsilon given,
    both give the same numbers up to rounding.

    Args:
        num_features: as in `LayerNorm`.
        epsilon: added to the mean of the squares; None: PyTorch's.
        dtype, param_dtype, use_scale, scale_init, rngs: as in `LayerNorm`.

    References:
        Zhang and Sennrich, Root Mean Square Layer Normalization, NeurIPS 2019. Equals
        `torch.nn.RMSNorm`.
    """

    def __init__(
        self,
        num_features: int | Sequence[int],
        *,
        epsilon: float | None = None,
        dtype: Dtype | None = None,
        param_dtype: Dtype = jnp.float32,
        use_scale: bool = True,
        scale_init: Initializer = ONES,
        rngs: nnx.Rngs,
    ):
        super().__init__(
            _shape(num_features),
            use_bias=False,
            use_scale=use_scale,
            dtype=dtype,
            param_dtype=param_dtype,
            bias_init=ZEROS,
            scale_init=scale_init,
            rngs=rngs,
        )
        self.epsilon = epsilon

    def __call__(self, x: Float[AnyArray, "... features"]) -> Float[Array, "... features"]:
        """The normalised x.

        Raises:
            ValueError: x has not the features of the layer.
        """
        x, scale, _, dtype = self._promoted(x)
        axes = tuple(range(x.ndim - len(self.shape), x.ndim))
        epsilon = jnp.finfo(x.dtype).eps if self.epsilon is None else self.epsilon
        y = x * jax.lax.rsqrt(jnp.mean(x**2, axes, keepdims=True) + epsilon)
        return scaled(y, scale, None).astype(dtype)


class GroupNorm(Affine):
    r"""Each example less its mean over a group of features, divided by its deviation there.

    The average is over the group's features at all places, (batch, ..., features). The first
    features / groups features are the first group.

    `flax.nnx.GroupNorm` has epsilon 1e-6 and takes σ² as mean of squares less squared mean; with
    epsilon 1e-5 it gives the same numbers up to rounding.

    Args:
        num_features: numbers along the last axis, PyTorch's num_channels.
        num_groups: must divide them.
        epsilon, dtype, param_dtype, use_bias, use_scale, bias_init, scale_init, rngs: as in
            `LayerNorm`.

    References:
        Wu and He, Group Normalization, ECCV 2018. Equals `torch.nn.GroupNorm`, with the features
        last.
    """

    def __init__(
        self,
        num_features: int,
        num_groups: int = 32,
        *,
        epsilon: float = 1e-5,
        dtype: Dtype | None = None,
        param_dtype: Dtype = jnp.float32,
        use_bias: bool = True,
        use_scale: bool = True,
        bias_init: Initializer = ZEROS,
        scale_init: Initializer = ONES,
        rngs: nnx.Rngs,
    ):
        check_positive(num_features=num_features, num_groups=num_groups)
        if num_features % num_groups:
            raise ValueError(f"{num_groups} groups must divide num_features {num_features}")
        super().__init__(
            (num_features,),
            use_bias=use_bias,
            use_scale=use_scale,
            dtype=dtype,
            param_dtype=param_dtype,
            bias_init=bias_init,
            scale_init=scale_init,
            rngs=rngs,
        )
        self.num_groups, self.epsilon = num_groups, epsilon

    def __call__(self, x: Float[AnyArray, "batch ..."]) -> Float[Array, "batch ..."]:
        """The normalised x, (batch, ..., features).

        Raises:
            ValueError: x has not the features of the layer, or no batch.
        """
        x, scale, bias, dtype = self._promoted(x)
        if x.ndim < 2:
            raise ValueError(f"x has shape {x.shape}, expected (batch, ..., {self.shape[0]})")
        groups = (*x.shape[:-1], self.num_groups, x.shape[-1] // self.num_groups)
        axes = (*range(1, x.ndim - 1), x.ndim)  # all places, and the features of a group
        y = standardised(x.reshape(groups), axes, self.epsilon).reshape(x.shape)
        return scaled(y, scale, bias).astype(dtype)


def _shape(num_features: int | Sequence[int]) -> tuple[int, ...]:
    shape = (num_features,) if isinstance(num_features, int) else tuple(num_features)
    check_positive(num_features=min(shape, default=0))
    return shape
