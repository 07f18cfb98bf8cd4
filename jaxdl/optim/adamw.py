"""AdamW: Adam whose weight decay stays out of the moments."""

import optax

from jaxdl.optim._common import Number
from jaxdl.optim.adam import adam


def adamw(
    learning_rate: optax.ScalarOrSchedule = 1e-3,
    *,
    betas: tuple[Number, Number] = (0.9, 0.999),
    eps: Number = 1e-8,
    weight_decay: Number = 1e-2,
    amsgrad: bool = False,
    maximize: bool = False,
) -> optax.GradientTransformation:
    r"""AdamW as PyTorch defines it: `jaxdl.optim.adam` with a decoupled weight decay.

    .. math::
        \theta_t = (1 - \text{learning\_rate} \cdot \text{weight\_decay}) \, \theta_{t-1}
            - \text{Adam's step for } \nabla f(\theta_{t-1})

    `optax.adamw` differs by default: its weight decay is 1e-4. In float32 it evaluates 1 - βᵗ where
    that cancels, and it adds -learning_rate · weight_decay · θ to the step, while PyTorch rounds
    1 - learning_rate · weight_decay to float32, which builds up in the params.

    Args:
        learning_rate: the step size, or a schedule of it; it scales the decay, too.
        betas: the decay rates of the first and the second moment.
        eps: added to the root, against division by zero.
        weight_decay: how much of the learning rate the parameters shrink by.
        amsgrad: divide by the largest second moment so far.
        maximize: ascend instead of descending; the parameters shrink all the same.

    Returns:
        The `optax.GradientTransformation`; its `update` needs the params.

    Raises:
        ValueError: an argument is negative, or a beta lies outside [0, 1).

    Example:
        >>> import jax.numpy as jnp
        >>> import optax
        >>> from jaxdl.optim import adamw
        >>> optimizer = adamw(0.5, weight_decay=0.5)
        >>> params = jnp.array([1.0, -2.0])
        >>> state = optimizer.init(params)
        >>> updates, state = optimizer.update(2 * params, state, params)  # f(θ) = |θ|²
        >>> params = optax.apply_updates(params, updates)
        >>> [f"{p:.3f}" for p in params]  # to three quarters, then learning_rate further
        ['0.250', '-1.000']

    References:
        Loshchilov and Hutter, Decoupled Weight Decay Regularization, ICLR 2019. Equals
        `torch.optim.AdamW`.
    """
    return adam(
        learning_rate,
        betas=betas,
        eps=eps,
        weight_decay=weight_decay,
        amsgrad=amsgrad,
        maximize=maximize,
        decoupled_weight_decay=True,
    )
