"""What stands around an image: numbers, its mirror image, its border, or the image again."""

from __future__ import annotations

from collections.abc import Sequence

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from jaxdl.nn.geometry import around, dimensions, each

MODES = {"constant": None, "reflect": "reflect", "replicate": "edge", "circular": "wrap"}

Pads = Sequence[int | tuple[int, int]]


def pad(
    inputs: Float[Array, "... channels"],
    padding: Pads,
    mode: str = "constant",
    value: float = 0,
) -> Float[Array, "... channels"]:
    """The inputs with pixels around them, fewer where the padding is below 0.

    `torch.nn.functional.pad` has the last dimension's pair first and all of them in one tuple:
    its (left, right, top, bottom) is ((top, bottom), (left, right)) here.

    Args:
        inputs: (…, *dimensions, channels).
        padding: for each dimension (before, after), or one number for both.
        mode: "constant"; "reflect", a mirror on the border's pixels, which do not come twice;
            "replicate", the border's pixels; "circular", the other end of the image.
        value: of the new pixels, in mode "constant".

    Raises:
        ValueError: the mode is another, the padding is not one or two integers a dimension, or
            there are not so many pixels to reflect or to begin again with.

    References:
        Equals `torch.nn.functional.pad`, `torch.nn.ZeroPad2d`, `ConstantPad2d`, `ReflectionPad2d`,
        `ReplicationPad2d`, `CircularPad2d` and those of one and three dimensions.
    """
    if mode not in MODES:
        raise ValueError(f"mode must be one of {', '.join(MODES)}, got {mode!r}")
    pads = [each("padding of a dimension", side, 2, least=None) for side in padding]
    sizes = dimensions(inputs, len(pads), "padding")
    if mode == "constant":
        return lax.pad(inputs, jnp.asarray(value, inputs.dtype), around(inputs, pads))
    for size, pair in zip(sizes, pads, strict=True):
        most = {"reflect": size - 1, "circular": size}.get(mode, max(*pair, 0))
        if max(pair) > most or (mode == "replicate" and size == 0):
            raise ValueError(
                f"PyTorch's mode {mode!r} pads {size} pixels by at most {most}; got {pair}"
            )
    cut = around(inputs, [(min(low, 0), min(high, 0)) for low, high in pads])
    added = [(max(low, 0), max(high, 0)) for low, high in pads]
    added = [(0, 0)] * (inputs.ndim - len(pads) - 1) + added + [(0, 0)]
    zero = jnp.zeros((), inputs.dtype)
    if mode == "circular":  # as PyTorch: what is cut off does not come again
        return jnp.pad(lax.pad(inputs, zero, cut), added, mode=MODES[mode])
    return lax.pad(jnp.pad(inputs, added, mode=MODES[mode]), zero, cut)
