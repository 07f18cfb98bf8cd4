"""Batch normalisation as PyTorch defines it."""

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype
from jaxtyping import Array, Bool, Float

from jaxdl import ops
from jaxdl.nn.moments import scaled, wide


class BatchNorm(nnx.BatchNorm):
    r"""Each feature less its mean over the batch, divided by its standard deviation there.

    .. math::
        y = \frac{x - \mu}{\sqrt{\sigma^2 + \epsilon}} \cdot scale + bias

    In training μ and σ² are the batch's, σ² its mean squared deviation, and `mean` and `var` go a
    step towards them; in evaluation they take their place. What `var` goes towards is
    σ² · n / (n - 1), the unbiased estimate, n being the numbers of a feature in the batch;
    `flax.nnx.BatchNorm` goes towards σ², ten times slower where nothing is said (momentum 0.99),
    and keeps both in float32, whatever the net's precision. An empty batch moves nothing.

    `mean` and `var`, and `count` where momentum is None, are no parameters:
    `nnx.split(net, nnx.Param, ...)` splits them off, and `jaxdl.train.TrainState.rest` carries
    them.

    Args:
        num_features: numbers along the axis of the features.
        use_running_average: evaluate; `net.eval()` and `net.train()` set it.
        axis: of the features, the last one; all others are averaged over.
        momentum: the share of `mean` and `var` that a step keeps: 1 less PyTorch's momentum. None:
            both are the average over all batches so far, `count` of them.
        track_running_stats: have `mean` and `var`; without them evaluation takes the batch's, too.
        epsilon: added to the variance.
        dtype: of what is given out; None: what x, scale and bias promote to. Mean and variance are
            computed in float32 at least.
        param_dtype: of scale and bias; `mean` and `var` have it, too, but float32 at least.
        use_fast_variance: as the mean of the squares less the square of the mean: one pass less
            over the batch, and fewer correct digits.
        rngs: the initial values' random keys.
        options: what else `flax.nnx.BatchNorm` takes.

    Raises:
        ValueError: at a call in training, if n is 1.

    References:
        Ioffe and Szegedy, Batch Normalization, ICML 2015. Equals `torch.nn.BatchNorm1d` and the
        others, with the features last.
    """

    def __init__(
        self,
        num_features: int,
        *,
        use_running_average: bool | None = False,
        axis: int = -1,
        momentum: float | None = 0.9,
        track_running_stats: bool = True,
        epsilon: float = 1e-5,
        dtype: Dtype | None = None,
        param_dtype: Dtype = jnp.float32,
        use_fast_variance: bool = False,
        rngs: nnx.Rngs,
        **options: Any,
    ):
        super().__init__(
            num_features,
            use_running_average=use_running_average,
            axis=axis,
            momentum=0.0 if momentum is None else momentum,
            epsilon=epsilon,
            dtype=dtype,
            param_dtype=param_dtype,
            use_fast_variance=use_fast_variance,
            rngs=rngs,
            **options,
        )
        self.track_running_stats, self.cumulative = track_running_stats, momentum is None
        if not track_running_stats:
            none: Any = nnx.data(None)
            self.mean = self.var = none
            return
        self.mean = nnx.BatchStat(jnp.zeros(num_features, wide(param_dtype)))
        self.var = nnx.BatchStat(jnp.ones(num_features, wide(param_dtype)))
        if self.cumulative:
            self.count = nnx.BatchStat(jnp.zeros((), jnp.int32))

    def __call__(
        self,
        x: Float[Array, "..."],
        use_running_average: bool | None = None,
        *,
        mask: Bool[Array, "..."] | None = None,
    ) -> Float[Array, "..."]:
        """The normalised x.

        Args:
            x: the batch, the features along `axis`.
            use_running_average: evaluate; None: as the layer says.
            mask: of x's rank, True where it counts: (n, 1, 1, 1) for images of which some only
                fill up a batch.
        """
        if use_running_average is None:
            use_running_average = self.use_running_average
        scale, bias = (None if p is None else p[...] for p in (self.scale, self.bias))
        x, scale, bias = self.promote_dtype((x, scale, bias), dtype=self.dtype)
        dtype, images, axis = x.dtype, x.shape, self.axis
        x = x.astype(wide(dtype))
        mask = None if mask is None else jnp.broadcast_to(mask, images)
        flat = ops.fast() and x.ndim == 4 and axis in (-1, 3)
        if flat:
            x, mask, axis = _flat(x), None if mask is None else _flat(mask), 0
        running = use_running_average and self.track_running_stats
        mean, var = (self.mean[...], self.var[...]) if running else self._of(x, axis, mask)

        shape = [1] * x.ndim
        shape[axis] = self.num_features
        broadcast = lambda array: array.astype(x.dtype).reshape(shape)  # noqa: E731
        mean, var = broadcast(mean), broadcast(var)
        scale, bias = (None if p is None else broadcast(p) for p in (scale, bias))
        y = (x - mean) * jax.lax.rsqrt(var + self.epsilon)
        y = scaled(y, scale, bias).astype(dtype)
        return _images(y, images) if flat else y

    def _of(self, x: Array, axis: int, mask: Array | None) -> tuple[Array, Array]:
        """The batch's mean and variance, after `mean` and `var` went towards them."""
        axes = tuple(other for other in range(x.ndim) if other != axis % x.ndim)

        def total(values: Any) -> Any:
            """Over all devices, where they share the batch."""
            if self.axis_name is None:
                return values
            return jax.lax.psum(values, self.axis_name, axis_index_groups=self.axis_index_groups)

        n: Any = x.size // self.num_features
        if mask is not None:
            n = jnp.sum(mask, axes, dtype=x.dtype)
        elif n == 1 and self.axis_name is None:
            raise ValueError(
                f"a batch of shape {x.shape} has one number a feature, and no variance; "
                "leave it out, or evaluate"
            )
        n = total(n)
        average = lambda values: total(jnp.sum(values, axes, where=mask)) / n  # noqa: E731
        mean = average(x)
        if self.use_fast_variance:
            var = jnp.maximum(average(x**2) - mean**2, 0)
        else:
            var = average((x - jnp.expand_dims(mean, axes)) ** 2)
        if self.track_running_stats:
            self._move(mean, var * (n / jnp.maximum(n - 1, 1).astype(x.dtype)), x.size)
        return mean, var

    def _move(self, mean: Array, unbiased: Array, size: int) -> None:
        """`mean` and `var` go towards a batch's."""
        keep: Any = self.momentum
        if self.cumulative:
            self.count[...] += 1
            keep = 1 - 1 / self.count[...].astype(self.mean.dtype)
        if not size:
            return
        for stat, new in ((self.mean, mean), (self.var, unbiased)):
            new = jax.lax.stop_gradient(new).astype(stat.dtype)
            stat[...] = keep * stat[...] + (1 - keep) * new


def _flat(x: Array) -> Array:
    """Images (n, h, w, features) -> (features, h·w·n): the order in which `jaxdl.ops` leaves them.

    Nothing is copied then; for a sum over the first three axes XLA would put them into another.
    """
    n, h, w, features = x.shape
    return x.transpose(3, 1, 2, 0).reshape(features, h * w * n)


def _images(x: Array, shape: tuple[int, ...]) -> Array:
    """The inverse."""
    n, h, w, features = shape
    return x.reshape(features, h, w, n).transpose(3, 1, 2, 0)
