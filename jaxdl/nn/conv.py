"""Flax's convolution, computed by `jaxdl.ops`."""

from __future__ import annotations

from typing import Any

from flax import nnx
from jaxtyping import Array, Float

from jaxdl import ops


class Conv(nnx.Conv):
    """`flax.nnx.Conv`, with the same arguments and the same numbers up to rounding, by `ops.conv`.

    What `ops.conv` has no word for (dilation, groups, a mask, other dimensions than two, a padding
    that is not zeros) goes Flax's way.

    >>> import jax.numpy as jnp
    >>> from jaxdl.nn import Conv
    >>> Conv(1, 10, (5, 5), padding="VALID", rngs=nnx.Rngs(0))(jnp.ones((64, 28, 28, 1))).shape
    (64, 24, 24, 10)
    """

    def __call__(
        self, inputs: Float[Array, "... channels"], *args: Any, **options: Any
    ) -> Float[Array, "... kernels"]:
        """The convolved images, (n, height, width, channels) -> (n, height, width, kernels)."""
        pads = _pads(self.padding)
        ones = (self.input_dilation, self.kernel_dilation, self.feature_group_count)
        dilated = any(one not in (1, None, (1, 1)) for one in ones)
        special = dilated or self.mask is not None or self.preferred_element_type is not None
        if inputs.ndim != 4 or pads is None or special or args or options:
            return super().__call__(inputs, *args, **options)
        bias = None if self.bias is None else self.bias[...]
        inputs, kernel, bias = self.promote_dtype(
            (inputs, self.kernel[...], bias), dtype=self.dtype
        )
        strides = (self.strides or 1,) * 2 if isinstance(self.strides, int | None) else self.strides
        return ops.conv(inputs, kernel, bias, (strides[0], strides[1]), pads, self.precision)


def _pads(padding: Any) -> Any:
    """As `ops.conv` takes them; None: not with zeros alone."""
    if isinstance(padding, str):
        return padding if padding in ("VALID", "SAME") else None
    if isinstance(padding, int):
        return ((padding, padding),) * 2
    return tuple((side, side) if isinstance(side, int) else tuple(side) for side in padding)
