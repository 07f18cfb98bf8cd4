"""What a schedule is: a function of the step's number that also knows PyTorch's recursion."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from jaxdl.optim._common import Number, checked

# The step's number: a Python integer, or an array of shape (), which may be traced.
Count = int | Int[Array, ""]
Rate = Number | Float[Array, ""]


@dataclass(frozen=True)
class Schedule:
    """A learning rate by the number of updates before, which is an Optax schedule as it is.

    `schedule(count)` is PyTorch's learning rate after `count` calls of `scheduler.step()`, in the
    default float dtype.

    Attributes:
        value: the learning rate at a count.
        advance: what PyTorch's `get_lr` makes of the learning rate before: (rate, count) -> rate;
            None if it does not ask for it. Of the rate at count 0 it makes the first.
        enter: the learning rate `count` steps after `SequentialLR` came to this one from a rate:
            (rate, count) -> rate; None where that is `value`.
        factor: what the first learning rate is multiplied by at a count; None if it is not that.
        base: that first learning rate; None if there is none.
    """

    value: Callable[[Count], Rate]
    advance: Callable[[Rate, Count], Rate] | None = None
    enter: Callable[[Rate, Count], Rate] | None = None
    factor: Callable[[Count], Rate] | None = None
    base: Number | None = None

    def __call__(self, count: Count) -> Float[Array, ""]:
        """The learning rate of the update that `count` others went before, shape ()."""
        return jnp.asarray(self.value(jnp.asarray(count)), float)


def scaled(
    base: Number,
    factor: Callable[[Count], Rate],
    advance: Callable[[Rate, Count], Rate] | None = None,
) -> Schedule:
    """A schedule that multiplies its first learning rate by a factor."""

    def by_quotient(rate: Rate, count: Count) -> Rate:
        now, before = factor(count), factor(jnp.maximum(count, 1) - 1)
        quotient = jnp.where(now == before, 1.0, now / jnp.where(before == 0, 1.0, before))
        return rate * jnp.where(count > 0, quotient, now)

    return Schedule(
        lambda count: base * factor(count), advance or by_quotient, factor=factor, base=base
    )


def as_float(count: Count) -> Float[Array, ""]:
    """In the default float dtype, which strict promotion wants to be told."""
    return jnp.asarray(count).astype(float)


def power(base: Number, exponent: Float[Array, ""]) -> Float[Array, ""]:
    """base ** exponent as accurate as PyTorch's, where base is a Python float.

    Rounded to float32 before it is raised, 0.9 would be wrong by 3e-8, its 1000th power by 3e-5.
    """
    if isinstance(base, jax.Array) or base <= 0:
        return jnp.power(jnp.asarray(base, exponent.dtype), exponent)
    return jnp.exp(exponent * math.log(base))


def checked_rate(learning_rate: Number, name: str = "learning_rate") -> Number:
    """A `number` that is at least 0; a schedule needs one to start from."""
    if callable(learning_rate):
        raise ValueError(f"{name} must be a number, got a schedule: chained_scheduler joins them")
    (value,) = checked(**{name: learning_rate})
    return value


def checked_count(value: Any, name: str, least: int = 0) -> int:
    """A Python integer of at least `least`; ValueError otherwise."""
    if isinstance(value, bool) or not hasattr(value, "__index__") or int(value) < least:
        raise ValueError(f"{name} must be an integer of at least {least}, got {value!r}")
    return int(value)


def checked_choice(value: str, name: str, choices: tuple[str, ...]) -> str:
    """One of the choices; ValueError otherwise."""
    if value not in choices:
        raise ValueError(f"{name} must be one of {', '.join(choices)}, got {value!r}")
    return value
