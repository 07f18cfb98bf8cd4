"""A learning rate that falls when a measured quantity stands still."""

from collections.abc import Callable
from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from jaxdl.optim._common import Number, checked, concrete, number
from jaxdl.optim.schedules._schedule import checked_choice, checked_count, checked_rate


class PlateauState(NamedTuple):
    """The learning rate from now on, the best value so far, and two counts of steps."""

    learning_rate: Float[Array, ""]
    best: Float[Array, ""]
    num_bad_epochs: Int[Array, ""]
    cooldown_counter: Int[Array, ""]


class Plateau(NamedTuple):
    """`init()` gives the first state, `update(state, metric)` the next: pure, and to be jitted."""

    init: Callable[[], PlateauState]
    update: Callable[[PlateauState, Number], PlateauState]


def reduce_lr_on_plateau(
    learning_rate: Number,
    mode: str = "min",
    factor: Number = 0.1,
    patience: int = 10,
    threshold: Number = 1e-4,
    threshold_mode: str = "rel",
    cooldown: int = 0,
    min_lr: Number = 0.0,
    eps: Number = 1e-8,
) -> Plateau:
    """`ReduceLROnPlateau`: the learning rate times factor after more than patience bad steps.

    No function of the step's number, but a state that each measured value moves on.
    `optax.contrib.reduce_on_plateau` differs: it scales the updates, and it does so at the
    patience-th bad step, PyTorch at the one after.

    Args:
        learning_rate: the first.
        mode: "min" or "max": what is better.
        factor: below 1.
        patience: how many steps without a better value are borne.
        threshold: by how much better a value must be to count.
        threshold_mode: "rel", a share of the best, or "abs".
        cooldown: the steps after a change of which none counts as bad.
        min_lr: the least learning rate.
        eps: a change that is not larger is not made.

    Returns:
        `init()`, and `update(state, metric)` with a metric of shape ().

    Raises:
        ValueError: a number is negative, the factor not below 1, or a mode unknown.

    Example:
        >>> import jax.numpy as jnp
        >>> import optax
        >>> from jaxdl.optim import sgd
        >>> from jaxdl.optim.schedules import reduce_lr_on_plateau
        >>> plateau = reduce_lr_on_plateau(1.0, factor=0.5, patience=0)
        >>> state = plateau.init()
        >>> for loss in (3.0, 2.0, 2.0):
        ...     state = plateau.update(state, loss)
        >>> float(state.learning_rate)
        0.5
        >>> opt_state = optax.inject_hyperparams(sgd)(1.0).init(jnp.ones(2))
        >>> opt_state = optax.tree.set(opt_state, learning_rate=state.learning_rate)
    """
    first = checked_rate(learning_rate)
    factor, threshold, min_lr, eps = checked(
        factor=factor, threshold=threshold, min_lr=min_lr, eps=eps
    )
    if (concrete(factor) or 0) >= 1:
        raise ValueError(f"factor must be below 1, got {factor}")
    patience, cooldown = checked_count(patience, "patience"), checked_count(cooldown, "cooldown")
    checked_choice(mode, "mode", ("min", "max"))
    checked_choice(threshold_mode, "threshold_mode", ("rel", "abs"))
    sign = -1.0 if mode == "min" else 1.0

    def init() -> PlateauState:
        return PlateauState(
            jnp.asarray(first, float),
            jnp.asarray(-sign * jnp.inf, float),
            jnp.zeros([], jnp.int32),
            jnp.zeros([], jnp.int32),
        )

    def update(state: PlateauState, metric: Number) -> PlateauState:
        value = jnp.asarray(metric, float)
        if threshold_mode == "rel":
            bar = state.best * (1.0 + sign * threshold)
        else:
            bar = state.best + sign * threshold
        better = sign * value > sign * bar
        best = jnp.where(better, value, state.best)
        bad = jnp.where(better, 0, state.num_bad_epochs + 1)

        cooling = state.cooldown_counter > 0
        left = jnp.where(cooling, state.cooldown_counter - 1, state.cooldown_counter)
        bad = jnp.where(cooling, 0, bad)

        reduces = bad > patience
        lower = jnp.maximum(state.learning_rate * factor, number(min_lr))
        moves = reduces & (state.learning_rate - lower > eps)
        return PlateauState(
            jnp.where(moves, lower, state.learning_rate),
            best,
            jnp.where(reduces, 0, bad),
            jnp.where(reduces, cooldown, left),
        )

    return Plateau(init, update)
