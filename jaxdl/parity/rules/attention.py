"""Attention in several heads."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from jaxdl.parity.rule import Rule

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.rule import Axis, Tensors

PARTS = ("query", "key", "value")
SEPARATE = ("q_proj_weight", "k_proj_weight", "v_proj_weight")


def multihead_attention(
    num_heads: int, *, bias: bool = True, add_bias_kv: bool = False, packed: bool = True
) -> Rule:
    """The rule of `nn.MultiheadAttention`.

    In JAX: `jaxdl.nn.MultiheadAttention`, and Flax's own, `nnx.MultiHeadAttention` and Linen's,
    whose kernels are alike: query, key and value (in, heads, size), out (heads, size, out).

    Args:
        num_heads, bias, add_bias_kv: PyTorch's.
        packed: the three kernels are one tensor, in_proj_weight: PyTorch's way where keys and
            values are as wide as queries.
    """
    weights = ("in_proj_weight",) if packed else SEPARATE
    torch, jax = [*weights], [f"{part}.kernel" for part in PARTS]
    axes: dict[str, tuple[Axis, ...]] = {
        f"{part}.kernel": ("in" if packed else f"{part} in", num_heads, "size") for part in PARTS
    }
    if bias:
        torch.append("in_proj_bias")
        jax += [f"{part}.bias" for part in PARTS]
        axes |= {f"{part}.bias": (num_heads, "size") for part in PARTS}
    if add_bias_kv:
        torch += ["bias_k", "bias_v"]
        jax += ["bias_k", "bias_v"]
        axes |= dict.fromkeys(("bias_k", "bias_v"), (1, 1, (num_heads, "size")))
    torch.append("out_proj.weight")
    jax.append("out.kernel")
    axes["out.kernel"] = (num_heads, "size", "out")
    if bias:
        torch.append("out_proj.bias")
        jax.append("out.bias")
        axes["out.bias"] = ("out",)

    def to_jax(tensors: Tensors) -> Tensors:
        if packed:
            kernels = _thirds(tensors["in_proj_weight"])
        else:
            kernels = [tensors[name] for name in SEPARATE]
        # (heads·size, in) -> (in, heads, size)
        leaves: Tensors = {
            f"{part}.kernel": kernel.T.reshape(kernel.shape[1], num_heads, -1)
            for part, kernel in zip(PARTS, kernels, strict=True)
        }
        out = tensors["out_proj.weight"]  # (out, heads·size) -> (heads, size, out)
        leaves["out.kernel"] = out.T.reshape(num_heads, -1, len(out))
        if bias:
            thirds = _thirds(tensors["in_proj_bias"])
            for part, third in zip(PARTS, thirds, strict=True):
                leaves[f"{part}.bias"] = third.reshape(num_heads, -1)
            leaves["out.bias"] = tensors["out_proj.bias"]
        return leaves | {name: tensors[name] for name in ("bias_k", "bias_v") if name in tensors}

    def to_torch(leaves: Tensors) -> Tensors:
        import numpy as np

        kernels = [leaves[f"{part}.kernel"] for part in PARTS]
        kernels = [kernel.reshape(len(kernel), -1).T for kernel in kernels]
        kernels = [np.concatenate(kernels)] if packed else kernels
        found: Tensors = dict(zip(weights, kernels, strict=True))
        out = leaves["out.kernel"]
        found["out_proj.weight"] = out.reshape(-1, out.shape[-1]).T
        if bias:
            thirds = [leaves[f"{part}.bias"].reshape(-1) for part in PARTS]
            found["in_proj_bias"] = np.concatenate(thirds)
            found["out_proj.bias"] = leaves["out.bias"]
        found |= {name: leaves[name] for name in ("bias_k", "bias_v") if name in leaves}
        return {name: found[name] for name in torch}

    return Rule(
        f"multihead attention of {num_heads} heads",
        torch=tuple(torch),
        jax=tuple(jax),
        to_jax=to_jax,
        to_torch=to_torch,
        optional={},
        draw=_draw,
        axes=axes,
    )


def _thirds(tensor: np.ndarray) -> list[np.ndarray]:
    import numpy as np

    return np.split(tensor, 3)


def _draw(generator: Any, shapes: dict[str, tuple[int, ...]]) -> Tensors:
    import numpy as np

    from jaxdl import replay

    out, in_ = shapes["out_proj.weight"]
    bias = "out_proj.bias" in shapes
    linear = replay.init.linear(generator, in_, out, bias=bias)
    drawn = {"out_proj.weight": linear["weight"]}
    for name in ("in_proj_weight", *SEPARATE):
        if name in shapes:
            drawn[name] = glorot_uniform(generator, shapes[name])
    for name in ("in_proj_bias", "out_proj.bias"):
        if name in shapes:
            drawn[name] = np.zeros(shapes[name], np.float32)
    for name in ("bias_k", "bias_v"):
        if name in shapes:  # (1, 1, in): xavier_normal_ counts 1·in into it and 1·in out of it
            std = math.sqrt(2.0 / float(2 * shapes[name][-1]))
            drawn[name] = generator.normal(shapes[name], 0.0, std)
    return drawn


def glorot_uniform(generator: Any, shape: tuple[int, ...]) -> np.ndarray:
    """`torch.nn.init.xavier_uniform_` of a matrix."""
    bound = math.sqrt(3.0) * math.sqrt(2.0 / float(shape[0] + shape[1]))
    return generator.uniform(shape, -bound, bound)
