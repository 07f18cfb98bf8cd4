"""Kernels that are computed from others: a length and a direction, or one of spectral norm 1."""

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from jaxdl.nn.cells import AnyArray
from jaxdl.nn.similarity import normalize


def weight_norm(
    kernel_v: Float[AnyArray, "..."], kernel_g: Float[AnyArray, "..."], axis: int | None = -1
) -> Float[Array, "..."]:
    r"""The kernel g · v / ‖v‖.

    `flax.nnx.WeightNorm` starts with lengths of 1, where PyTorch's are v's own, so that nothing
    changes, and adds 1e-12 under the root.

    Args:
        kernel_v: of the kernel's shape; its length does not matter.
        kernel_g: the lengths, of v's rank with 1 on every axis but `axis`; of shape () where axis
            is None.
        axis: the one that has a length for each number, PyTorch's dim: in Flax's layouts the last
            is the output's, PyTorch's 0. None: one length.

    Raises:
        ValueError: the lengths have not that shape.

    References:
        Salimans and Kingma, Weight Normalization, NeurIPS 2016. Equals
        `torch.nn.utils.parametrizations.weight_norm`.
    """
    v, g = jnp.asarray(kernel_v), jnp.asarray(kernel_g)
    norms = lengths(v, axis)
    if g.shape != norms.shape:
        raise ValueError(f"kernel_g has shape {g.shape}, expected {norms.shape} for v's {v.shape}")
    return v * jnp.broadcast_to(g / norms, v.shape)


def lengths(kernel: Float[AnyArray, "..."], axis: int | None = -1) -> Float[Array, "..."]:
    """What `weight_norm` begins with as kernel_g, so that nothing changes."""
    kernel = jnp.asarray(kernel)
    if axis is None:
        return jnp.sqrt(jnp.sum(kernel**2))
    others = tuple(other for other in range(kernel.ndim) if other != axis % kernel.ndim)
    return jnp.sqrt(jnp.sum(kernel**2, others, keepdims=True))


def spectral_norm(
    kernel: Float[AnyArray, "..."],
    u: Float[AnyArray, " rows"],
    v: Float[AnyArray, " columns"],
    *,
    axis: int = -1,
    power_iterations: int = 1,
    epsilon: float = 1e-12,
    v_first: bool = False,
) -> tuple[Float[Array, "..."], Float[Array, " rows"], Float[Array, " columns"]]:
    r"""The kernel divided by its largest singular value, as u and v estimate it: uᵀ W v.

    In training u and v take a step of the power iteration before; in evaluation pass
    power_iterations=0. They are no parameters: no gradient goes through them.
    `flax.nnx.SpectralNorm` keeps one vector and the estimate, and starts its steps with v.

    Args:
        kernel: any shape; W is it with `axis` as rows and all others, in their order, as columns.
        u, v: of length 1.
        axis: in Flax's layouts the last is the output's, PyTorch's dim 0.
        power_iterations: steps.
        epsilon: the least that a vector is divided by.
        v_first: begin a step with v, as PyTorch's older `torch.nn.utils.spectral_norm` does.

    Returns:
        (kernel / σ, u, v).

    Raises:
        ValueError: u or v does not fit the kernel.

    References:
        Miyato et al., Spectral Normalization for Generative Adversarial Networks, ICLR 2018. Equals
        `torch.nn.utils.parametrizations.spectral_norm`.
    """
    kernel, u, v = jnp.asarray(kernel), jnp.asarray(u), jnp.asarray(v)
    rows = jnp.moveaxis(kernel, axis, 0)
    matrix = rows.reshape(len(rows), -1)
    if u.shape + v.shape != matrix.shape:
        raise ValueError(
            f"u and v have shapes {u.shape} and {v.shape}; the kernel's matrix is {matrix.shape}"
        )
    frozen = jax.lax.stop_gradient(matrix)
    for _ in range(power_iterations):
        if v_first:
            v = normalize(frozen.T @ u, axis=0, epsilon=epsilon)
        u = normalize(frozen @ v, axis=0, epsilon=epsilon)
        if not v_first:
            v = normalize(frozen.T @ u, axis=0, epsilon=epsilon)
    u, v = jax.lax.stop_gradient((u, v))
    return kernel / (u @ matrix @ v), u, v
