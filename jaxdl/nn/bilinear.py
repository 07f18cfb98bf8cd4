"""A form that is linear in each of two inputs."""

from typing import Any

import jax.numpy as jnp
from flax import nnx
from flax.nnx.nn.dtypes import promote_dtype
from flax.typing import Dtype, Initializer
from jaxtyping import Array, Float

from jaxdl.nn.cells import AnyArray
from jaxdl.nn.checks import check_positive
from jaxdl.nn.initial import uniform


class Bilinear(nnx.Module):
    """y_k = Σ_ij a_i W_ijk b_j + bias_k.

    Kernel and bias are drawn from U(-1/√in1_features, 1/√in1_features), as PyTorch's.

    Args:
        in1_features, in2_features: numbers in a and in b.
        out_features: numbers in y.
        use_bias: have the bias.
        dtype: of the computation; None: what the inputs and parameters promote to.
        param_dtype: of kernel (in1_features, in2_features, out_features) and bias.
        kernel_init, bias_init: initialisers; None: PyTorch's.
        rngs: the initial values' random keys.

    References:
        Equals `torch.nn.Bilinear`, whose weight is (out, in1, in2).
    """

    def __init__(
        self,
        in1_features: int,
        in2_features: int,
        out_features: int,
        *,
        use_bias: bool = True,
        dtype: Dtype | None = None,
        param_dtype: Dtype = jnp.float32,
        kernel_init: Initializer | None = None,
        bias_init: Initializer | None = None,
        rngs: nnx.Rngs,
    ):
        sizes = (in1_features, in2_features, out_features)
        check_positive(
            **dict(zip(("in1_features", "in2_features", "out_features"), sizes, strict=True))
        )
        pytorchs = uniform(in1_features**-0.5)
        self.kernel = nnx.Param((kernel_init or pytorchs)(rngs.params(), sizes, param_dtype))
        none: Any = nnx.data(None)
        self.bias: nnx.Param[Array] | None = none
        if use_bias:
            init = bias_init or pytorchs
            self.bias = nnx.Param(init(rngs.params(), (out_features,), param_dtype))
        self.dtype = dtype

    def __call__(
        self, a: Float[AnyArray, "*batch in1"], b: Float[AnyArray, "*batch in2"]
    ) -> Float[Array, "*batch out"]:
        """The form's values."""
        bias = None if self.bias is None else self.bias[...]
        a, b, kernel, bias = promote_dtype(
            (jnp.asarray(a), jnp.asarray(b), self.kernel[...], bias), dtype=self.dtype
        )
        if a.shape[-1:] + b.shape[-1:] != kernel.shape[:2] or a.shape[:-1] != b.shape[:-1]:
            raise ValueError(
                f"inputs have shapes {a.shape} and {b.shape}, expected (..., {kernel.shape[0]}) "
                f"and (..., {kernel.shape[1]})"
            )
        y = jnp.einsum("...i,ijk,...j->...k", a, kernel, b)
        return y if bias is None else y + jnp.broadcast_to(bias, y.shape)
