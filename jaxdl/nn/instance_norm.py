"""Instance normalisation as PyTorch defines it."""

from __future__ import annotations

import math
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype, Initializer
from jaxtyping import Array, Float

from jaxdl.nn.cells import AnyArray
from jaxdl.nn.checks import check_positive
from jaxdl.nn.moments import ONES, ZEROS, Affine, scaled, standardised, wide


class InstanceNorm(Affine):
    r"""Each feature of each example less its mean over all places, divided by its deviation there.

    Mean and deviation are the example's own, in evaluation, too, unless the layer tracks running
    ones: then evaluation takes those. In training `mean` and `var` go a step towards the average
    over the batch of the examples' means and of their unbiased variances.

    `flax.nnx.InstanceNorm` has scale and bias where PyTorch's has none unless asked, epsilon 1e-6,
    and no running statistics; with use_bias, use_scale and epsilon given it gives the same numbers
    up to rounding.

    Args:
        num_features: numbers along the last axis.
        track_running_stats: have `mean` and `var`.
        use_running_average: evaluate; `net.eval()` and `net.train()` set it.
        momentum: the share of `mean` and `var` that a step keeps: 1 less PyTorch's momentum. None:
            all of them, for ever, as PyTorch's None, which means an average in BatchNorm alone.
        epsilon: added to the variance.
        dtype, param_dtype, use_bias, use_scale, bias_init, scale_init, rngs: as in `LayerNorm`;
            `mean` and `var` are in float32 at least.

    References:
        Ulyanov, Vedaldi and Lempitsky, Instance Normalization, 2016. Equals
        `torch.nn.InstanceNorm1d` and the others, with the features last.
    """

    def __init__(
        self,
        num_features: int,
        *,
        track_running_stats: bool = False,
        use_running_average: bool = False,
        momentum: float | None = 0.9,
        epsilon: float = 1e-5,
        dtype: Dtype | None = None,
        param_dtype: Dtype = jnp.float32,
        use_bias: bool = False,
        use_scale: bool = False,
        bias_init: Initializer = ZEROS,
        scale_init: Initializer = ONES,
        rngs: nnx.Rngs,
    ):
        check_positive(num_features=num_features)
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
        self.use_running_average, self.epsilon = use_running_average, epsilon
        self.momentum, self.track_running_stats = momentum, track_running_stats
        if track_running_stats:
            self.mean = nnx.BatchStat(jnp.zeros(num_features, wide(param_dtype)))
            self.var = nnx.BatchStat(jnp.ones(num_features, wide(param_dtype)))

    def __call__(
        self, x: Float[AnyArray, "batch ..."], use_running_average: bool | None = None
    ) -> Float[Array, "batch ..."]:
        """The normalised x, (batch, ..., features).

        Raises:
            ValueError: x has not the features of the layer, or one place, and so no variance.
        """
        if use_running_average is None:
            use_running_average = self.use_running_average
        x, scale, bias, dtype = self._promoted(x)
        if x.ndim < 3:
            raise ValueError(f"x has shape {x.shape}, expected (batch, ..., {self.shape[0]})")
        ones = (1,) * (x.ndim - 1)
        if use_running_average and self.track_running_stats:
            mean, var = (s[...].astype(x.dtype).reshape(ones + s.shape) for s in self._stats())
            y = (x - mean) * jax.lax.rsqrt(var + self.epsilon)
        else:
            axes, n = range(1, x.ndim - 1), math.prod(x.shape[1:-1])
            if n == 1:
                raise ValueError(f"x of shape {x.shape} has one number a feature, and no variance")
            y = standardised(x, axes, self.epsilon)
            if self.track_running_stats and self.momentum is not None and len(x):
                self._move(x, tuple(axes), n, self.momentum)
        return scaled(y, scale, bias).astype(dtype)

    def _stats(self) -> tuple[Any, Any]:
        return self.mean, self.var

    def _move(self, x: Array, axes: tuple[int, ...], n: int, momentum: float) -> None:
        mean = jnp.mean(jnp.mean(x, axes), 0)
        var = jnp.mean(jnp.var(x, axes), 0) * (n / (n - 1))
        for stat, new in zip(self._stats(), (mean, var), strict=True):
            new = jax.lax.stop_gradient(new).astype(stat.dtype)
            stat[...] = momentum * stat[...] + (1 - momentum) * new
