"""What the optimisers share: checked arguments, the gradient's preparation, bias correction."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import optax
from jax.core import Tracer
from jaxtyping import Array, Float, Int

# A hyper-parameter: a Python number, or an array of shape (), which may be traced.
Number = float | jax.Array


def number(value: Number) -> Number:
    """What takes on the dtype that it meets: a Python float, or a weakly typed array.

    `optax.inject_hyperparams` and schedules give arrays of a dtype of their own, such as float32
    where the parameters are bfloat16.
    """
    return jnp.full_like(1.0, value) if isinstance(value, jax.Array) else float(value)


def concrete(value: Number) -> float | None:
    """Its value, or None where it is traced and has none yet."""
    return None if isinstance(value, Tracer) else float(value)


def is_zero(value: Number) -> bool:
    """Whether it is 0 for good. An array never is: the next update may bring another value."""
    return not isinstance(value, jax.Array) and value == 0


def checked(**arguments: optax.ScalarOrSchedule) -> list[Any]:
    """The arguments in their order, each a `number`; schedules and traced values unchecked.

    Raises ValueError naming the first that is negative or not a number.
    """
    for name, value in arguments.items():
        known = None if callable(value) else concrete(value)
        if known is not None and not known >= 0:
            raise ValueError(f"{name} must be at least 0, got {value}")
    return [value if callable(value) else number(value) for value in arguments.values()]


def checked_betas(betas: tuple[Number, Number]) -> tuple[Number, Number]:
    """Both decay rates, each a `number`; ValueError unless those not traced lie in [0, 1)."""
    known = [concrete(beta) for beta in betas]
    if not all(beta is None or 0 <= beta < 1 for beta in known):
        raise ValueError(f"betas must lie in [0, 1), got {betas}")
    return number(betas[0]), number(betas[1])


def learning_rate_at(learning_rate: optax.ScalarOrSchedule, count: Int[Array, ""]) -> Number:
    """The learning rate of the update that `count` others went before."""
    if not callable(learning_rate):
        return learning_rate
    return number(learning_rate(count))  # pyright: ignore[reportArgumentType] # a scalar of any kind


def prepare_gradient(
    weight_decay: Number = 0.0, maximize: bool = False
) -> optax.GradientTransformation:
    """PyTorch's two steps before every rule: g ← -g to maximise, then g ← g + weight_decay·θ."""
    return optax.chain(
        optax.scale(-1.0) if maximize else optax.identity(),
        optax.identity() if is_zero(weight_decay) else optax.add_decayed_weights(weight_decay),
    )


def needed(params: optax.Params | None, name: str) -> optax.Params:
    """The params, which `update` may be called without; ValueError if it was."""
    if params is None:
        raise ValueError(f"{name} needs the params: update(gradients, state, params)")
    return params


def running_mean(decay: Number, old: optax.Updates, new: optax.Updates) -> optax.Updates:
    """decay · old + (1 - decay) · new."""
    return jax.tree.map(lambda a, b: decay * a + (1 - decay) * b, old, new)


def running_mean_square(decay: Number, old: optax.Updates, new: optax.Updates) -> optax.Updates:
    """decay · old + (1 - decay) · new²."""
    return jax.tree.map(lambda a, b: decay * a + (1 - decay) * b * b, old, new)


def add_decoupled_decay(
    updates: optax.Updates, params: optax.Params, learning_rate: Number, weight_decay: Number
) -> optax.Updates:
    """PyTorch's decoupled decay: θ ← (1 - learning_rate · weight_decay) θ before the step.

    The factor is rounded to the params' dtype, as PyTorch rounds it: in float32 that builds up.
    """
    factor = 1 - learning_rate * weight_decay
    return jax.tree.map(lambda u, p: u + (factor * p - p), updates, params)


def bias_correction(beta: Number, step: Int[Array, ""]) -> Float[Array, ""]:
    """1 - βᵗ in the default float dtype, as accurate as PyTorch's, which is a Python float.

    Written as -expm1(t·log β): in float32 the plain form cancels, and for β = 0.999 and t = 1 is
    wrong by 1e-5 of its value. So is an array β, rounded to float32 before it comes here.
    """
    step = step.astype(float)
    if isinstance(beta, jax.Array):
        return -jnp.expm1(step * jnp.log(beta))
    return -jnp.expm1(step * math.log(beta)) if beta else jnp.ones_like(step)
