"""Convolutions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jaxdl.parity.rules.kernel import kernel_and_bias

if TYPE_CHECKING:
    from jaxdl.parity.rule import Tensors


def _draw_conv2d(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
    from jaxdl import replay

    # With groups the second axis is in_channels / groups, and all that a draw depends on.
    out_channels, in_channels, height, width = shapes["weight"]
    bias = "bias" in shapes
    return replay.init.conv2d(generator, in_channels, out_channels, (height, width), bias=bias)


# OIHW over NCHW images  <->  HWIO over NHWC images
CONV2D = kernel_and_bias(
    "conv2d",
    lambda w: w.transpose(2, 3, 1, 0),
    lambda k: k.transpose(3, 2, 0, 1),
    _draw_conv2d,
    ("height", "width", "in", "out"),
)
