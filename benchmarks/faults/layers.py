"""Layers of the ports, in plain JAX: channels last, kernels as the parity rules keep them."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl.parity import Layer, ParameterMap
from jaxdl.parity.rule import Rule
from jaxdl.parity.sides import PARTS

LAYOUTS = {3: ("NWC", "WIO", "NWC"), 4: ("NHWC", "HWIO", "NHWC")}


def mapped(collections: bool = False, /, **rules: Rule) -> ParameterMap:
    """Layers of the same names on both sides; with `collections` of params and a state."""
    layers = tuple(Layer(name, name, rule) for name, rule in rules.items())
    return ParameterMap(layers, collections=PARTS if collections else ())


def zeros(tree: Any) -> Any:
    """Arrays for a tree of shapes."""
    return jax.tree.map(np.zeros, tree, is_leaf=lambda shape: isinstance(shape, tuple))


def conv(
    p: Any, x: Any, padding: Any = "VALID", stride: int = 1, dilation: int = 1, groups: int = 1
) -> Any:
    """A convolution of one or two dimensions; `padding` as JAX takes it, or one number."""
    n = x.ndim - 2
    padding = [(padding, padding)] * n if isinstance(padding, int) else padding
    y = jax.lax.conv_general_dilated(
        x,
        p["kernel"],
        (stride,) * n,
        padding,
        rhs_dilation=(dilation,) * n,
        dimension_numbers=LAYOUTS[x.ndim],
        feature_group_count=groups,
    )
    return y + p["bias"] if "bias" in p else y


def transposed(p: Any, x: Any, padding: int, stride: int, output_padding: int = 0) -> Any:
    """PyTorch's transposed convolution, with the kernel of `jaxdl.parity`'s rule."""
    sides = [
        (size - 1 - padding, size - 1 - padding + output_padding) for size in p["kernel"].shape[:-2]
    ]
    y = jax.lax.conv_general_dilated(
        x,
        p["kernel"],
        (1,) * len(sides),
        sides,
        lhs_dilation=(stride,) * len(sides),
        dimension_numbers=LAYOUTS[x.ndim],
    )
    return y + p["bias"] if "bias" in p else y


def normal(p: Any, x: Any, mean: Any, var: Any, eps: float = 1e-5) -> Any:
    """Normalised, scaled and shifted."""
    return (x - mean) * jax.lax.rsqrt(var + eps) * p["scale"] + p["bias"]


def flat(x: Any) -> Any:
    """(n, h, w, c) as PyTorch flattens (n, c, h, w)."""
    return x.transpose(0, 3, 1, 2).reshape(len(x), -1)


def windows(x: Any, size: int, stride: int, padding: Any, start: float, function: Any) -> Any:
    """What a function of two makes of every window of an image."""
    around = [(0, 0), *padding, (0, 0)]
    return jax.lax.reduce_window(
        x, jnp.asarray(start, x.dtype), function, (1, size, size, 1), (1, stride, stride, 1), around
    )
