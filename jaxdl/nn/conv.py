"""Flax's convolution with PyTorch's initial values and borders, computed by `jaxdl.ops`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import jax
import jax.numpy as jnp
from flax import nnx
from flax.typing import Dtype, Initializer, PaddingLike, PrecisionLike
from jaxtyping import Array, Float

from jaxdl import ops
from jaxdl.nn.checks import check_positive
from jaxdl.nn.geometry import each
from jaxdl.nn.initial import uniform
from jaxdl.nn.padding import Pads, pad

MODES = ("zeros", "reflect", "replicate", "circular")


class Conv(nnx.Conv):
    """`flax.nnx.Conv`, the same numbers up to rounding, by `ops.conv`.

    What `ops.conv` has no word for (dilation, groups, a mask, other dimensions than two) goes the
    way of Flax.

    Kernel and bias are drawn from U(-1/√fan_in, 1/√fan_in), fan_in being the numbers that make up
    one of the output: in_features / feature_group_count, times the kernel's size.

    Args:
        in_features, out_features: channels of the input and of the output.
        kernel_size: (height, width), or as many numbers as there are dimensions.
        strides: a number, or one for each dimension.
        padding: "SAME", "VALID", a number, or for each dimension a number or (low, high); Flax has
            more words. "same" and "valid" are PyTorch's: "same" with strides of 1 alone, an odd
            number of pixels with the larger half behind, as "SAME" has it, too.
        padding_mode: what stands there: "zeros"; "reflect", "replicate" or "circular", as in
            `jaxdl.nn.pad`.
        kernel_dilation: from one pixel of the kernel to the next.
        feature_group_count: groups of channels that see nothing of each other.
        use_bias: add a bias.
        dtype: of the computation; None: what input, kernel and bias promote to.
        param_dtype: of kernel and bias.
        precision: of the products, as in `jax.lax.conv_general_dilated`.
        kernel_init, bias_init: initialisers; None: PyTorch's.
        rngs: the initial values' random keys.
        options: what else `flax.nnx.Conv` takes.

    References:
        Equals `torch.nn.Conv1d`, `Conv2d` and `Conv3d`, which pad with nothing where Flax's default
        is "SAME". With strides "SAME" pads more behind than before: PyTorch's `padding=k // 2` is
        the number here, too.

    >>> import jax.numpy as jnp
    >>> from jaxdl.nn import Conv
    >>> Conv(1, 10, (5, 5), padding="VALID", rngs=nnx.Rngs(0))(jnp.ones((2, 8, 8, 1))).shape
    (2, 4, 4, 10)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        kernel_size: int | Sequence[int],
        strides: int | Sequence[int] | None = 1,
        *,
        padding: PaddingLike = "SAME",
        padding_mode: str = "zeros",
        kernel_dilation: int | Sequence[int] | None = 1,
        feature_group_count: int = 1,
        use_bias: bool = True,
        dtype: Dtype | None = None,
        param_dtype: Dtype = jnp.float32,
        precision: PrecisionLike = None,
        kernel_init: Initializer | None = None,
        bias_init: Initializer | None = None,
        rngs: nnx.Rngs,
        **options: Any,
    ):
        sizes = (kernel_size,) if isinstance(kernel_size, int) else tuple(kernel_size)
        check_positive(
            in_features=in_features,
            out_features=out_features,
            feature_group_count=feature_group_count,
            kernel_size=min(sizes, default=0),
        )
        if in_features % feature_group_count or out_features % feature_group_count:
            raise ValueError(
                f"{feature_group_count} groups must divide in_features {in_features} "
                f"and out_features {out_features}"
            )
        border: Pads = ()
        if padding_mode != "zeros" or padding in ("same", "valid"):
            holes = each("kernel_dilation", kernel_dilation or 1, len(sizes), 1)
            border = _border(padding, strides, sizes, holes)
            padding = "VALID" if padding_mode != "zeros" else border
        if padding_mode not in MODES:
            raise ValueError(
                f"padding_mode must be one of {', '.join(MODES)}, got {padding_mode!r}"
            )
        size = math.prod(sizes)
        pytorchs = uniform((in_features // feature_group_count * size) ** -0.5)
        super().__init__(
            in_features,
            out_features,
            kernel_size,
            strides,
            padding=padding,
            kernel_dilation=kernel_dilation,
            feature_group_count=feature_group_count,
            use_bias=use_bias,
            dtype=dtype,
            param_dtype=param_dtype,
            precision=precision,
            kernel_init=kernel_init or pytorchs,
            bias_init=bias_init or pytorchs,
            rngs=rngs,
            **options,
        )
        self.padding_mode, self.border = padding_mode, border

    def __call__(
        self, inputs: Float[Array, "... channels"], *args: Any, **options: Any
    ) -> Float[Array, "... kernels"]:
        """The convolved images, (n, height, width, channels) -> (n, height, width, kernels)."""
        if self.padding_mode != "zeros":
            inputs = pad(inputs, self.border, self.padding_mode)
        pads = _pads(self.padding)
        if inputs.ndim != 4 or pads is None or self._special() or args or options:
            return super().__call__(inputs, *args, **options)
        bias = None if self.bias is None else self.bias[...]
        inputs, kernel, bias = self.promote_dtype(
            (inputs, self.kernel[...], bias), dtype=self.dtype
        )
        strides = (self.strides or 1,) * 2 if isinstance(self.strides, int | None) else self.strides
        return ops.conv(inputs, kernel, bias, strides, pads, self.precision)

    def _special(self) -> bool:
        """Whether the layer was given what `ops.conv` has no word for."""
        ones = (self.input_dilation, self.kernel_dilation, self.feature_group_count)
        return (
            len(self.kernel_shape) != 4
            or any(one not in (1, None, (1, 1)) for one in ones)
            or self.mask is not None
            or self.preferred_element_type is not None
            or self.conv_general_dilated is not jax.lax.conv_general_dilated
        )


def _border(padding: Any, strides: Any, sizes: tuple[int, ...], holes: tuple[int, ...]) -> Any:
    """The pixels before and after each dimension, from PyTorch's words or from numbers.

    Raises:
        ValueError: "same" with strides, or a word of Flax's with a mode that has no such word.
    """
    rank = len(sizes)
    if padding in ("same", "SAME"):
        if max(each("strides", strides or 1, rank, 1)) > 1:
            raise ValueError(
                f"PyTorch's padding 'same' has strides of 1, got {strides}; give the numbers, its "
                "k // 2, or 'SAME' with zeros, whose sides differ"
            )
        spare = [hole * (size - 1) for size, hole in zip(sizes, holes, strict=True)]
        return tuple((pixels // 2, pixels - pixels // 2) for pixels in spare)
    if padding in ("valid", "VALID"):
        return ((0, 0),) * rank
    if isinstance(padding, str):
        raise ValueError(f"padding {padding!r} is not PyTorch's and has no padding_mode")
    sides = (padding,) * rank if isinstance(padding, int) else padding
    return tuple(each("padding", side, 2) for side in sides)


def _pads(padding: Any) -> Any:
    """As `ops.conv` takes them; None: not of two dimensions, or not with zeros alone."""
    if isinstance(padding, str):
        return padding if padding in ("VALID", "SAME") else None
    if isinstance(padding, int):
        return ((padding, padding),) * 2
    if len(padding) != 2:
        return None
    return tuple((side, side) if isinstance(side, int) else tuple(side) for side in padding)
