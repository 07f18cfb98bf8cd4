"""Activations that `jax.nn` lacks, or whose values or slopes differ from PyTorch's.

To be taken from JAX as they are, the same to 1e-12 in values and slopes, at the kinks, too:
`jax.nn.relu`, `relu6`, `elu`, `selu`, `celu`, `sigmoid`, `log_sigmoid`, `hard_sigmoid`,
`hard_swish`, `silu`, `mish`, `soft_sign`, `glu`, `softmax`, `log_softmax`, and `jnp.tanh`.
PyTorch's `Softmax2d` is `jax.nn.softmax`, over the channels, which stand last. For the slopes of
`celu` and `hard_sigmoid` PyTorch rounds 1 / alpha and 1 / 6 to float32 in float64, too.

Where a function here has a kink, its slope there is PyTorch's. At 0 `jax.nn.leaky_relu` has the
slope 1, at its ends `hard_tanh` 1; `softplus` has no threshold, and `gelu` is the approximation
where nothing is said.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype
from jaxtyping import Array, Float

from jaxdl.nn.checks import check_positive

Values = Float[Array, "*shape"]


def hardtanh(x: Values, min_val: float = -1.0, max_val: float = 1.0) -> Values:
    """x from `min_val` to `max_val`; the slope is 0 at both ends. Equals `torch.nn.Hardtanh`.

    Raises:
        ValueError: there is nothing between the two.
    """
    if not min_val < max_val:
        raise ValueError(f"min_val must be below max_val, got {min_val} and {max_val}")
    low, high = _like(x, min_val), _like(x, max_val)
    return jnp.where(x <= low, low, jnp.where(x >= high, high, x))


def leaky_relu(x: Values, negative_slope: Any = 0.01) -> Values:
    """x, times `negative_slope` where x is 0 or less. Equals `torch.nn.LeakyReLU`."""
    return jnp.where(x > 0, x, x * negative_slope)


def rrelu(
    x: Values, lower: float = 1 / 8, upper: float = 1 / 3, noise: Values | None = None
) -> Values:
    """x, times a slope of its own where x is 0 or less. Equals `torch.nn.RReLU`.

    Args:
        x: any shape.
        lower, upper: what slopes are drawn from.
        noise: the slopes in training, of x's shape: `jax.random.uniform(key, x.shape, x.dtype,
            lower, upper)`. None: evaluation, where all are (lower + upper) / 2.

    Raises:
        ValueError: `lower` is above `upper`, or the noise has another shape.
    """
    if lower > upper:
        raise ValueError(f"lower must be at most upper, got {lower} and {upper}")
    if noise is not None and noise.shape != x.shape:
        raise ValueError(f"noise must be of x's shape {x.shape}, got {noise.shape}")
    return leaky_relu(x, (lower + upper) / 2 if noise is None else noise)


def gelu(x: Values, approximate: str = "none") -> Values:
    """x Φ(x), Φ the normal distribution's. Equals `torch.nn.GELU`.

    Args:
        x: any shape.
        approximate: "none", or "tanh" for the approximation that is `jax.nn.gelu`'s default.

    Raises:
        ValueError: it is neither.
    """
    if approximate not in ("none", "tanh"):
        raise ValueError(f"approximate must be 'none' or 'tanh', got {approximate!r}")
    if approximate == "tanh":
        return jax.nn.gelu(x)
    # By erf, as PyTorch; jax.nn.gelu's erfc is closer far below 0, and slower on a CPU.
    x = jnp.asarray(x)
    return x * (0.5 + 0.5 * jax.lax.erf(x * 0.5**0.5))


def softplus(x: Values, beta: float = 1.0, threshold: float = 20.0) -> Values:
    """log(1 + exp(beta x)) / beta, and x where beta x is above the threshold.

    Equals `torch.nn.Softplus`.
    """
    return jnp.where(x * beta > threshold, x, jax.nn.softplus(x * beta) / beta)


def hardshrink(x: Values, lambd: float = 0.5) -> Values:
    """x, and 0 from -lambd to lambd. Equals `torch.nn.Hardshrink`."""
    return jnp.where((x >= -lambd) & (x <= lambd), jnp.zeros_like(x), x)


def softshrink(x: Values, lambd: float = 0.5) -> Values:
    """x, brought nearer to 0 by lambd, and 0 from -lambd to lambd. Equals `torch.nn.Softshrink`.

    Raises:
        ValueError: lambd is below 0.
    """
    if lambd < 0:
        raise ValueError(f"lambd must be 0 or more, got {lambd}")
    low = jnp.where(x < -lambd, x + lambd, jnp.zeros_like(x))
    return jnp.where(x > lambd, x - lambd, low)


def tanhshrink(x: Values) -> Values:
    """x - tanh(x). Equals `torch.nn.Tanhshrink`."""
    return x - jnp.tanh(x)


def threshold(x: Values, threshold: float, value: float) -> Values:
    """x where it is above the threshold, else the value. Equals `torch.nn.Threshold`."""
    return jnp.where(x > threshold, x, _like(x, value))


def softmin(x: Values, axis: int = -1) -> Values:
    """The softmax of -x. Equals `torch.nn.Softmin`, which guesses an axis where none is given."""
    return jax.nn.softmax(-x, axis=axis)


class PReLU(nnx.Module):
    """x, times a learned slope where x is 0 or less.

    `flax.nnx.PReLU` has one slope, which begins with 0.01, and the slope 1 at 0.

    Args:
        num_parameters: 1, or as many as there are channels, for a slope each.
        negative_slope_init: the slope to begin with.
        dtype: of the computation; None: what x and the slope promote to.
        param_dtype: of the slope.

    References:
        He et al., Delving Deep into Rectifiers, ICCV 2015. Equals `torch.nn.PReLU`, with the
        channels last. `negative_slope` has the shape () or (num_parameters,).
    """

    def __init__(
        self,
        num_parameters: int = 1,
        negative_slope_init: float = 0.25,
        *,
        dtype: Dtype | None = None,
        param_dtype: Dtype = jnp.float32,
    ):
        check_positive(num_parameters=num_parameters)
        shape = () if num_parameters == 1 else (num_parameters,)
        self.negative_slope = nnx.Param(jnp.full(shape, negative_slope_init, param_dtype))
        self.num_parameters, self.dtype = num_parameters, dtype

    def __call__(self, x: Float[Array, ...]) -> Float[Array, ...]:
        """The activation, of x's shape.

        Raises:
            ValueError: x has another number of channels than there are slopes.
        """
        dtype = self.dtype or jnp.promote_types(x.dtype, self.negative_slope.dtype)
        x, slope = x.astype(dtype), self.negative_slope[...].astype(dtype)
        if slope.ndim:
            if x.ndim == 0 or x.shape[-1] != self.num_parameters:
                raise ValueError(
                    f"PyTorch's PReLU({self.num_parameters}) has a slope for each of the channels, "
                    f"the last axis here; got shape {x.shape}"
                )
            slope = slope.reshape((1,) * (x.ndim - 1) + slope.shape)
        return leaky_relu(x, slope)


def _like(x: Array, value: float) -> Array:
    return jnp.full_like(x, value)
