"""The linear layer with PyTorch's initial values."""

from typing import Any

import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype, Initializer, PrecisionLike

from jaxdl.nn.checks import check_positive
from jaxdl.nn.initial import uniform


class Linear(nnx.Linear):
    """y = xW + b, (..., in_features) -> (..., out_features).

    Kernel and bias are drawn from U(-1/√in_features, 1/√in_features); `flax.nnx.Linear` draws the
    kernel from a normal distribution and starts with a bias of zeros.

    Args:
        in_features: numbers in x.
        out_features: numbers in y.
        use_bias: have b.
        dtype: of the computation; None: what x, kernel and bias promote to.
        param_dtype: of kernel and bias.
        precision: of the product, as in `jax.lax.dot`.
        kernel_init, bias_init: initialisers; None: PyTorch's.
        rngs: the initial values' random keys.
        options: what else `flax.nnx.Linear` takes.

    References:
        Equals `torch.nn.Linear`.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        *,
        use_bias: bool = True,
        dtype: Dtype | None = None,
        param_dtype: Dtype = jnp.float32,
        precision: PrecisionLike = None,
        kernel_init: Initializer | None = None,
        bias_init: Initializer | None = None,
        rngs: nnx.Rngs,
        **options: Any,
    ):
        check_positive(in_features=in_features, out_features=out_features)
        pytorchs = uniform(in_features**-0.5)
        super().__init__(
            in_features,
            out_features,
            use_bias=use_bias,
            dtype=dtype,
            param_dtype=param_dtype,
            precision=precision,
            kernel_init=kernel_init or pytorchs,
            bias_init=bias_init or pytorchs,
            rngs=rngs,
            **options,
        )
