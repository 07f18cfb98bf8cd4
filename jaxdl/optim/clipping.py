"""Gradient clipping as PyTorch does it, by the norm of all and by value."""

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Float

from jaxdl.optim._common import Number, checked


def total_norm(tree: optax.Updates, norm_type: float = 2.0) -> Float[Array, ""]:
    """The norm of all arrays as if they were one vector, in the widest of their dtypes.

    Args:
        tree: the gradients, any shapes.
        norm_type: the order of the norm: any number, infinity included.

    Returns:
        Shape (). 0 for a tree without arrays.

    Example:
        >>> import jax.numpy as jnp
        >>> from jaxdl.optim import total_norm
        >>> float(total_norm({"weight": jnp.array([[3.0]]), "bias": jnp.array([-4.0])}))
        5.0

    References:
        Equals `torch.nn.utils.get_total_norm`: a norm of the arrays' norms, which for norm_type 0
        is the number of arrays that are not all zero.
    """
    leaves = jax.tree.leaves(tree)
    if not leaves:
        return jnp.zeros([])
    widest = max((leaf.dtype for leaf in leaves), key=lambda dtype: dtype.itemsize)
    order = float(norm_type)

    def norm(vector: Array) -> Array:
        return jnp.linalg.norm(vector.astype(widest), ord=order)

    return norm(jnp.stack([norm(leaf.ravel()) for leaf in leaves]))


def clip_grad_norm(
    max_norm: Number, norm_type: float = 2.0
) -> optax.GradientTransformationExtraArgs:
    r"""Scale the gradients down to a norm, all by one factor, as PyTorch does.

    .. math::
        g \leftarrow g \cdot \min(1, \text{max\_norm} / (\|g\| + 10^{-6}))

    `optax.clip_by_global_norm` differs: it has no 1e-6, and knows the norm of order 2 alone. The
    1e-6 shrinks gradients already within 1e-6 of max_norm; for a max_norm of 1e-4 it takes a
    hundredth off. A norm that is not finite makes PyTorch's gradients NaN, and these.

    Put it before the optimiser: ``optax.chain(clip_grad_norm(1.0), adam(1e-3))``. There it sees the
    gradients alone, before weight decay and `maximize`.

    Args:
        max_norm: the largest norm.
        norm_type: the order of the norm: any number, infinity included.

    Returns:
        The `optax.GradientTransformationExtraArgs`; the norm itself is `jaxdl.optim.total_norm`'s.

    Raises:
        ValueError: max_norm is negative.

    Example:
        >>> import jax.numpy as jnp
        >>> from jaxdl.optim import clip_grad_norm
        >>> clip = clip_grad_norm(2.0, norm_type=1)
        >>> gradients = jnp.array([3.0, -1.0])
        >>> updates, _ = clip.update(gradients, clip.init(gradients))
        >>> [f"{g:.4f}" for g in updates]
        ['1.5000', '-0.5000']

    References:
        Equals `torch.nn.utils.clip_grad_norm_`.
    """
    (max_norm,) = checked(max_norm=max_norm)

    def update(updates, state, params=None, **extra_args):
        del params, extra_args
        factor = jnp.minimum(max_norm / (total_norm(updates, norm_type) + 1e-6), 1.0)
        return jax.tree.map(lambda g: g * factor.astype(g.dtype), updates), state

    return optax.GradientTransformationExtraArgs(lambda params: optax.EmptyState(), update)


def clip_grad_value(clip_value: Number) -> optax.GradientTransformationExtraArgs:
    r"""Clip every element to [-clip_value, clip_value], as PyTorch does; `optax.clip` is the same.

    Args:
        clip_value: the largest size of an element.

    Returns:
        The `optax.GradientTransformationExtraArgs`.

    Raises:
        ValueError: clip_value is negative.

    Example:
        >>> import jax.numpy as jnp
        >>> from jaxdl.optim import clip_grad_value
        >>> clip = clip_grad_value(1.0)
        >>> gradients = jnp.array([3.0, -0.5])
        >>> clip.update(gradients, clip.init(gradients))[0].tolist()
        [1.0, -0.5]

    References:
        Equals `torch.nn.utils.clip_grad_value_`.
    """
    (clip_value,) = checked(clip_value=clip_value)

    def update(updates, state, params=None, **extra_args):
        del params, extra_args
        return jax.tree.map(lambda g: jnp.clip(g, -clip_value, clip_value), updates), state

    return optax.GradientTransformationExtraArgs(lambda params: optax.EmptyState(), update)
