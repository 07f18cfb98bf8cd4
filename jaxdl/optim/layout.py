"""An optimiser that sees the params in another layout."""

from collections.abc import Callable

import optax


def in_layout(
    optimizer: optax.GradientTransformation,
    there: Callable[[optax.Params], optax.Params],
    back: Callable[[optax.Params], optax.Params],
) -> optax.GradientTransformationExtraArgs:
    """The optimiser at work on `there(params)`, for rules that go by rows, columns or order.

    Muon and Adafactor treat rows and columns differently: they equal PyTorch's where they are given
    PyTorch's layout. The state is in that layout, too, as `jaxdl.optim.slots` reads it. An
    element's own rule, as Adam's, needs none of this.

    Args:
        optimizer: what works in the other layout.
        there: from params, or gradients, to that layout; jitted with the rest.
        back: its inverse, for the updates.

    Returns:
        The `optax.GradientTransformationExtraArgs`.

    Example:
        >>> import jax
        >>> import jax.numpy as jnp
        >>> from jaxdl.optim import in_layout, muon
        >>> def transposed(tree):
        ...     return jax.tree.map(jnp.transpose, tree)
        >>> optimizer = in_layout(muon(0.02), transposed, transposed)  # for Flax's (in, out)
        >>> kernel = jnp.ones((2, 3))
        >>> updates, state = optimizer.update(kernel, optimizer.init(kernel), kernel)
        >>> updates.shape, state.momentum_buffer.shape
        ((2, 3), (3, 2))
    """
    inner = optax.with_extra_args_support(optimizer)

    def update(updates, state, params=None, **extra_args):
        params = None if params is None else there(params)
        updates, state = inner.update(there(updates), state, params, **extra_args)
        return back(updates), state

    return optax.GradientTransformationExtraArgs(lambda params: inner.init(there(params)), update)
