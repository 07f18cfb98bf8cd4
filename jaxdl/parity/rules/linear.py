"""Linear layers, also after an image was flattened, and bare numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from jaxdl.parity.rule import Rule
from jaxdl.parity.rules.kernel import kernel_and_bias

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.rule import Tensors


def _draw_linear(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
    from jaxdl import replay

    out_features, in_features = shapes["weight"]
    return replay.init.linear(generator, in_features, out_features, bias="bias" in shapes)


LINEAR = kernel_and_bias("linear", lambda w: w.T, lambda k: k.T, _draw_linear, ("in", "out"))
"""y = xWᵀ + b with W (out, in) <-> y = xK + b with K (in, out)."""


def linear_after_flatten(channels: int, height: int, width: int) -> Rule:
    """The rule of the first Linear after an image was flattened.

    PyTorch flattens (C, H, W), JAX (H, W, C): the rows of the kernel stand in another order.

    Args:
        channels, height, width: of the image that is flattened.
    """

    def to_jax(weight: np.ndarray) -> np.ndarray:  # (out, C·H·W) -> (H·W·C, out)
        image = weight.reshape(-1, channels, height, width)
        return image.transpose(2, 3, 1, 0).reshape(channels * height * width, -1)

    def to_torch(kernel: np.ndarray) -> np.ndarray:  # (H·W·C, out) -> (out, C·H·W)
        image = kernel.reshape(height, width, channels, -1)
        return image.transpose(3, 2, 0, 1).reshape(-1, channels * height * width)

    name = f"linear after flatten of {channels}×{height}×{width}"
    axes = (channels * height * width, "out")
    return kernel_and_bias(name, to_jax, to_torch, _draw_linear, axes)


def _draw_bilinear(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
    bound = 1 / math.sqrt(shapes["weight"][1])
    names = (name for name in ("weight", "bias") if name in shapes)
    return {name: generator.uniform(shapes[name], -bound, bound) for name in names}


BILINEAR = kernel_and_bias(
    "bilinear",
    lambda w: w.transpose(1, 2, 0),
    lambda k: k.transpose(2, 0, 1),
    _draw_bilinear,
    ("in1", "in2", "out"),
)
"""A weight (out, in1, in2) <-> a kernel (in1, in2, out)."""


SCALAR = Rule(
    "scalar",  # torch.tensor([1.0]) of shape (1,)  <->  jnp.float32(1.0) of shape ()
    torch=("",),
    jax=("",),
    to_jax=lambda tensors: {"": tensors[""].reshape(())},
    to_torch=lambda leaves: {"": leaves[""].reshape((1,))},
    optional={},
    axes={"": ()},
)
"""One number: a tensor of shape (1,) <-> an array of shape ()."""
