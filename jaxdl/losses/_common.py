"""What the losses share: reductions, dtypes, shapes, and PyTorch's choice of a slope at a kink."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, Inexact

AnyArray = Array | np.ndarray
REDUCTIONS = ("mean", "sum", "none")
SMALLEST = float(np.float32(1e-12))  # PyTorch's guard of a denominator, a float32 in any dtype


def check_reduction(reduction: str, known: tuple[str, ...] = REDUCTIONS) -> None:
    """ValueError unless it is one of those known."""
    if reduction not in known:
        raise ValueError(f"reduction must be one of {', '.join(known)}, got {reduction!r}")


def reduce(loss: Float[Array, "*shape"], reduction: str) -> Float[Array, "..."]:
    """The mean, the sum or the values themselves. The mean of nothing is nan, as in PyTorch."""
    check_reduction(reduction)
    if reduction == "none":
        return loss
    return jnp.mean(loss) if reduction == "mean" else jnp.sum(loss)


def together(input: AnyArray, *others: AnyArray, name: str = "input") -> list[Array]:
    """All in one dtype, the widest of them, as PyTorch promotes them; shapes as they are.

    Raises ValueError where the first, `name`, is not a floating-point array.
    """
    arrays = [jnp.asarray(array) for array in (input, *others)]
    if not jnp.issubdtype(arrays[0].dtype, jnp.inexact):
        raise ValueError(f"{name} must be floating-point numbers, got {arrays[0].dtype}")
    with jax.numpy_dtype_promotion("standard"):  # the promotion is meant, whatever the setting
        dtype = jnp.result_type(*arrays)
    return [array.astype(dtype) for array in arrays]


def broadcast(**arrays: Array) -> list[Array]:
    """All in one shape; ValueError naming the shapes where there is none."""
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(f"shapes cannot be broadcast: {shapes}") from None
    return [jnp.broadcast_to(array, shape) for array in arrays.values()]


def check_same_shape(**arrays: Any) -> None:
    """ValueError unless all have one shape."""
    if len({array.shape for array in arrays.values()}) > 1:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(f"shapes must be equal, got {shapes}")


def check_integers(target: Array) -> None:
    """ValueError unless it can be indices."""
    if not jnp.issubdtype(target.dtype, jnp.integer):
        raise ValueError(f"target must be class indices, integers, got {target.dtype}")


def absolute(x: Inexact[Array, "*shape"]) -> Float[Array, "*shape"]:
    """|x| with slope 0 at 0, as PyTorch has it; `jnp.abs` has 1 there."""
    zero = x == 0
    size = jnp.abs(jnp.where(zero, jnp.ones_like(x), x))
    return jnp.where(zero, jnp.zeros_like(size), size)


def relu(x: Float[Array, "*shape"]) -> Float[Array, "*shape"]:
    """max(x, 0) with slope 1 at 0, that of `torch.clamp_min`; `jnp.maximum` has 1/2 there."""
    return jnp.where(x < 0, jnp.zeros_like(x), x)


def poison(loss: Float[Array, "*s"], sound: Bool[Array, "*s"]) -> Float[Array, "*s"]:
    """The loss, and nan, in its gradient too, where PyTorch would have raised an error."""
    return loss * jnp.where(sound, 1.0, jnp.nan).astype(loss.dtype)


def log_softmax(x: Float[Array, "*shape"], axis: int) -> Float[Array, "*shape"]:
    """In float32 at least, rounded to the dtype of x, as PyTorch computes it."""
    wide = x.dtype if x.dtype.itemsize > 2 else jnp.float32
    return jax.nn.log_softmax(x.astype(wide), axis).astype(x.dtype)
