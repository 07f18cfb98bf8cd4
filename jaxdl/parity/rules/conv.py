"""Convolutions and transposed convolutions."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jaxdl.parity.rule import Rule
from jaxdl.parity.rules.kernel import kernel_and_bias

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.rule import Tensors

DIMENSIONS = {1: ("width",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def _conv(rank: int) -> Rule:
    """(out, in, *size) over channels first  <->  (*size, in, out) over channels last."""

    def draw(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
        from jaxdl import replay

        # With groups the second axis is in_channels / groups, and all that a draw depends on.
        out_channels, in_channels, *size = shapes["weight"]
        initialise = getattr(replay.init, f"conv{rank}d")
        kernel = size[0] if rank == 1 else tuple(size)
        return initialise(generator, in_channels, out_channels, kernel, bias="bias" in shapes)

    return kernel_and_bias(
        f"conv{rank}d",
        lambda w: w.transpose(*range(2, rank + 2), 1, 0),
        lambda k: k.transpose(rank + 1, rank, *range(rank)),
        draw,
        (*DIMENSIONS[rank], "in", "out"),
    )


def _conv_transpose(rank: int) -> Rule:
    """(in, out / groups, *size)  <->  (*size, in, out / groups), the size turned around.

    So `jaxdl.nn.ConvTranspose` keeps it, and `flax.nnx.ConvTranspose` without `transpose_kernel`.
    """
    axes = tuple(range(rank))

    def turned(kernel: np.ndarray) -> np.ndarray:
        return kernel[(slice(None, None, -1),) * rank].copy()  # PyTorch knows no negative strides

    def draw(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
        from jaxdl import replay

        in_channels, kernels, *size = shapes["weight"]
        out_channels, *_ = shapes.get("bias", (kernels,))
        groups = out_channels // kernels
        initialise = getattr(replay.init, f"conv_transpose{rank}d")
        kernel = size[0] if rank == 1 else tuple(size)
        bias = "bias" in shapes
        return initialise(generator, in_channels, out_channels, kernel, groups, bias=bias)

    rule = kernel_and_bias(
        f"conv_transpose{rank}d",
        lambda w: turned(w.transpose(*range(2, rank + 2), 0, 1)),
        lambda k: turned(k).transpose(rank, rank + 1, *axes),
        draw,
        (*DIMENSIONS[rank], "in", "out / groups"),
    )
    # The bias has a number for each of the groups' outputs, whose count the kernel does not tell.
    return replace(rule, axes={**rule.axes, "bias": ("out",)})


def turned_kernel(rank: int) -> Rule:
    """(in, out / groups, *size)  <->  (*size, out / groups, in).

    So `flax.nnx.ConvTranspose` keeps it with `transpose_kernel=True`.
    """
    rule = kernel_and_bias(
        f"conv_transpose{rank}d with transpose_kernel",
        lambda w: w.transpose(*range(2, rank + 2), 1, 0),
        lambda k: k.transpose(rank + 1, rank, *range(rank)),
        None,
        (*DIMENSIONS[rank], "out / groups", "in"),
    )
    return replace(rule, axes={**rule.axes, "bias": ("out",)})


CONV1D, CONV2D, CONV3D = _conv(1), _conv(2), _conv(3)
"""Convolutions of one, two and three dimensions: (out, in, *size) <-> (*size, in, out)."""
CONV_TRANSPOSE1D, CONV_TRANSPOSE2D, CONV_TRANSPOSE3D = map(_conv_transpose, (1, 2, 3))
"""Transposed convolutions: PyTorch's (in, out, *size) <-> (*size, in, out), turned around."""
