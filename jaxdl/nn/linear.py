"""The linear layer with PyTorch's initial values."""

from functools import partial

import jax
import jax.numpy as jnp
from flax import nnx
from jax.typing import DTypeLike


class Linear(nnx.Linear):
    """y = xW + b, (..., features) -> (..., outputs).

    Kernel and bias are drawn from U(-1/√features, 1/√features); `flax.nnx.Linear` draws the kernel
    from a normal distribution and starts with a bias of zeros.

    Args:
        features: numbers in x.
        outputs: numbers in y.
        use_bias: have b.
        param_dtype: of kernel and bias.
        rngs: the initial values' random keys.

    References:
        Equals `torch.nn.Linear`.
    """

    def __init__(
        self,
        features: int,
        outputs: int,
        *,
        use_bias: bool = True,
        param_dtype: DTypeLike = jnp.float32,
        rngs: nnx.Rngs,
    ):
        bound = features**-0.5
        uniform = partial(jax.random.uniform, minval=-bound, maxval=bound)
        super().__init__(
            features,
            outputs,
            use_bias=use_bias,
            kernel_init=uniform,
            bias_init=uniform,
            param_dtype=param_dtype,
            rngs=rngs,
        )
