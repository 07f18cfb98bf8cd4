"""The transposed convolution as PyTorch defines it."""

from __future__ import annotations

import math
from collections.abc import Sequence

import jax.numpy as jnp
from flax import nnx
from flax.nnx.nn.dtypes import promote_dtype
from flax.typing import Dtype, Initializer, PrecisionLike
from jax import lax
from jaxtyping import Array, Float

from jaxdl.nn.checks import check_positive
from jaxdl.nn.geometry import Sizes, dimensions, each
from jaxdl.nn.initial import uniform


class ConvTranspose(nnx.Module):
    r"""Every pixel, times the kernel, is added to the output where the kernel then stands.

    It is the gradient of `Conv` by its input, and along each dimension there are

    .. math::
        (pixels - 1) \cdot stride - 2\, padding + dilation\,(size - 1) + output\_padding + 1

    of them. The kernel is kept as `flax.nnx.ConvTranspose` keeps its own, (*kernel_size,
    in_features, out_features / feature_group_count), in the order in which a convolution of the
    stretched image wants it: PyTorch's, turned around. One rule of `jaxdl.parity`,
    CONV_TRANSPOSE2D, serves both. Flax's `padding` is another: pixels around the stretched image,
    where PyTorch's is what is cut off the output; it has no `output_padding` and no groups.

    Kernel and bias are drawn from U(-1/√fan, 1/√fan), as PyTorch's, fan being out_features /
    feature_group_count times the kernel's size.

    Args:
        in_features, out_features: channels of the input and of the output.
        kernel_size: as many numbers as there are dimensions; a number: one dimension.
        strides: a number, or one for each dimension.
        padding: pixels cut off either side of the output, a number or one for each dimension.
        output_padding: pixels that the output has more at its end, a number or one for each
            dimension, below the stride or the dilation.
        kernel_dilation: from one pixel of the kernel to the next.
        feature_group_count: groups of channels that see nothing of each other.
        use_bias: add a bias.
        dtype: of the computation; None: what input, kernel and bias promote to.
        param_dtype: of kernel and bias.
        precision: of the products, as in `jax.lax.conv_general_dilated`.
        kernel_init, bias_init: initialisers; None: PyTorch's.
        rngs: the initial values' random keys.

    References:
        Equals `torch.nn.ConvTranspose1d`, `ConvTranspose2d` and `ConvTranspose3d`.

    >>> import jax.numpy as jnp
    >>> from jaxdl.nn import ConvTranspose
    >>> layer = ConvTranspose(4, 3, (3, 3), 2, padding=1, output_padding=1, rngs=nnx.Rngs(0))
    >>> layer.kernel.shape, layer(jnp.ones((2, 5, 6, 4))).shape
    ((3, 3, 4, 3), (2, 10, 12, 3))
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        kernel_size: int | Sequence[int],
        strides: Sizes | None = None,
        *,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        kernel_dilation: Sizes | None = None,
        feature_group_count: int = 1,
        use_bias: bool = True,
        dtype: Dtype | None = None,
        param_dtype: Dtype = jnp.float32,
        precision: PrecisionLike = None,
        kernel_init: Initializer | None = None,
        bias_init: Initializer | None = None,
        rngs: nnx.Rngs,
    ):
        sizes = (kernel_size,) if isinstance(kernel_size, int) else tuple(kernel_size)
        groups, rank = feature_group_count, len(sizes)
        check_positive(
            in_features=in_features,
            out_features=out_features,
            feature_group_count=groups,
            kernel_size=min(sizes, default=0),
        )
        if in_features % groups or out_features % groups:
            raise ValueError(
                f"{groups} groups must divide in_features {in_features} "
                f"and out_features {out_features}"
            )
        if isinstance(padding, str):
            raise ValueError(
                f"padding {padding!r} is Flax's; PyTorch's is a number of pixels to cut off each "
                "side, 0 for 'VALID'"
            )
        self.in_features, self.out_features, self.kernel_size = in_features, out_features, sizes
        self.strides = each("strides", strides or 1, rank, 1)
        self.padding = each("padding", padding, rank)
        self.output_padding = each("output_padding", output_padding, rank)
        self.kernel_dilation = each("kernel_dilation", kernel_dilation or 1, rank, 1)
        more = zip(self.output_padding, self.strides, self.kernel_dilation, strict=True)
        if any(extra >= max(stride, hole) for extra, stride, hole in more):
            raise ValueError(
                f"output_padding must be below the strides {self.strides} or the dilation "
                f"{self.kernel_dilation}, as PyTorch has it, got {output_padding}"
            )
        self.feature_group_count, self.use_bias = groups, use_bias
        self.dtype, self.param_dtype, self.precision = dtype, param_dtype, precision
        pytorchs = uniform((out_features // groups * math.prod(sizes)) ** -0.5)
        shape = (*sizes, in_features, out_features // groups)
        self.kernel = nnx.Param((kernel_init or pytorchs)(rngs.params(), shape, param_dtype))
        self.bias = nnx.data(None)
        if use_bias:
            drawn = (bias_init or pytorchs)(rngs.params(), (out_features,), param_dtype)
            self.bias = nnx.Param(drawn)

    def __call__(self, inputs: Float[Array, "... channels"]) -> Float[Array, "... kernels"]:
        """The enlarged images, (…, *dimensions, channels) -> (…, *dimensions, kernels).

        Raises:
            ValueError: the inputs have fewer axes, or other channels.
        """
        rank, groups = len(self.kernel_size), self.feature_group_count
        sizes = dimensions(inputs, rank, "a transposed convolution")
        if inputs.shape[-1] != self.in_features:
            raise ValueError(
                f"{self.in_features} channels wanted in the last axis, PyTorch's second; got shape "
                f"{inputs.shape}"
            )
        bias = None if self.bias is None else self.bias[...]
        x, kernel, bias = promote_dtype((inputs, self.kernel[...], bias), dtype=self.dtype)
        batch = inputs.shape[: -rank - 1]
        x = x.reshape(-1, *sizes, self.in_features)
        if groups > 1:  # (*size, groups · in, out) -> (*size, in, groups · out)
            *size, channels, kernels = kernel.shape
            kernel = kernel.reshape(*size, groups, channels // groups, kernels)
            kernel = jnp.moveaxis(kernel, -3, -2)
            kernel = kernel.reshape(*size, channels // groups, groups * kernels)
        first = (0, rank + 1, *range(1, rank + 1))  # where batch, channels and dimensions are
        numbers = lax.ConvDimensionNumbers(first, (rank + 1, rank, *range(rank)), first)
        reaches = [
            hole * (size - 1) - pad
            for hole, size, pad in zip(
                self.kernel_dilation, self.kernel_size, self.padding, strict=True
            )
        ]
        y = lax.conv_general_dilated(
            x,
            kernel,
            (1,) * rank,
            [(n, n + extra) for n, extra in zip(reaches, self.output_padding, strict=True)],
            lhs_dilation=self.strides,
            rhs_dilation=self.kernel_dilation,
            dimension_numbers=numbers,
            feature_group_count=groups,
            precision=self.precision,
        )
        if bias is not None:
            y = y + bias.reshape((1,) * (rank + 1) + (-1,))
        return y.reshape(*batch, *y.shape[1:])
