"""Schedules that multiply the first learning rate by a factor of the step's number."""

from collections.abc import Callable, Iterable

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from jaxdl.optim._common import Number, concrete, number
from jaxdl.optim.schedules._schedule import (
    Count,
    Rate,
    Schedule,
    as_float,
    checked_count,
    checked_rate,
    power,
    scaled,
)


def lambda_lr(learning_rate: Number, lr_lambda: Callable[[Count], Rate]) -> Schedule:
    """`LambdaLR`: the first learning rate times a function of the step's number.

    Args:
        learning_rate: the optimiser's.
        lr_lambda: from the count, an integer array of shape () that may be traced, to the factor.

    Example:
        >>> from jaxdl.optim.schedules import lambda_lr
        >>> schedule = lambda_lr(0.5, lambda count: 1 / (1.0 + count.astype(float)))
        >>> [float(schedule(count)) for count in (0, 1, 3)]
        [0.5, 0.25, 0.125]
    """
    base = checked_rate(learning_rate)

    def value(count: Count) -> Rate:
        return base * jnp.asarray(lr_lambda(count), float)

    return Schedule(value, base=base)


def multiplicative_lr(learning_rate: Number, lr_lambda: Callable[[Count], Rate]) -> Schedule:
    """`MultiplicativeLR`: the learning rate before, times a function of the step's number.

    The product of all factors up to a count is formed anew at each: in time that grows with it.

    Args:
        learning_rate: the optimiser's.
        lr_lambda: from the count, from 1 on, an integer array of shape () that may be traced, to
            the factor.

    Example:
        >>> from jaxdl.optim.schedules import multiplicative_lr
        >>> schedule = multiplicative_lr(1.0, lambda count: 0.5)
        >>> [float(schedule(count)) for count in (0, 1, 3)]
        [1.0, 0.5, 0.125]
    """
    base = checked_rate(learning_rate)

    def product(rate: Rate, first: int, count: Count) -> Rate:
        def step(i, rate):
            return rate * jnp.asarray(lr_lambda(i), float)

        end = jnp.asarray(count, jnp.int32) + 1
        return lax.fori_loop(jnp.int32(first), end, step, jnp.asarray(rate, float))

    def advance(rate: Rate, count: Count) -> Rate:
        return jnp.where(count > 0, rate * jnp.asarray(lr_lambda(count), float), rate)

    return Schedule(
        lambda count: product(base, 1, count),
        advance,
        enter=lambda rate, count: product(rate, 0, count),
        factor=lambda count: product(1.0, 1, count),
        base=base,
    )


def step_lr(learning_rate: Number, step_size: int, gamma: Number = 0.1) -> Schedule:
    """`StepLR`: times gamma every step_size steps.

    Args:
        learning_rate: the optimiser's.
        step_size: the steps between two changes.
        gamma: the factor.

    Raises:
        ValueError: a number is negative, or step_size is no positive integer.

    Example:
        >>> from jaxdl.optim.schedules import step_lr
        >>> [float(step_lr(1.0, 2, 0.5)(count)) for count in range(5)]
        [1.0, 1.0, 0.5, 0.5, 0.25]
    """
    base, gamma = checked_rate(learning_rate), checked_rate(gamma, "gamma")
    step_size = checked_count(step_size, "step_size", 1)
    return scaled(
        base,
        lambda count: power(gamma, as_float(count // step_size)),
        lambda rate, count: jnp.where((count > 0) & (count % step_size == 0), rate * gamma, rate),
    )


def multi_step_lr(
    learning_rate: Number, milestones: Iterable[int], gamma: Number = 0.1
) -> Schedule:
    """`MultiStepLR`: times gamma at each milestone, as often as it stands in the list.

    Args:
        learning_rate: the optimiser's.
        milestones: counts, in any order.
        gamma: the factor.

    Raises:
        ValueError: a number is negative, or a milestone is no integer.

    Example:
        >>> from jaxdl.optim.schedules import multi_step_lr
        >>> [float(multi_step_lr(1.0, [2, 3], 0.5)(count)) for count in range(5)]
        [1.0, 1.0, 0.5, 0.25, 0.25]
    """
    base, gamma = checked_rate(learning_rate), checked_rate(gamma, "gamma")
    places = jnp.asarray([checked_count(m, "a milestone") for m in milestones], jnp.int32)

    def passed(count: Count) -> Float[Array, ""]:
        return as_float(jnp.sum(places <= jnp.asarray(count, jnp.int32), dtype=jnp.int32))

    def advance(rate: Rate, count: Count) -> Rate:
        here = jnp.sum(places == jnp.asarray(count, jnp.int32), dtype=jnp.int32)
        return rate * power(gamma, as_float(here))

    return scaled(base, lambda count: power(gamma, passed(count)), advance)


def constant_lr(learning_rate: Number, factor: Number = 1 / 3, total_iters: int = 5) -> Schedule:
    """`ConstantLR`: times a factor before total_iters, and whole from there on.

    With total_iters 0 PyTorch's never comes back from the factor, nor does this.

    Args:
        learning_rate: the optimiser's.
        factor: above 0, at most 1: PyTorch divides by it at total_iters.
        total_iters: the number of steps at the factor.

    Raises:
        ValueError: the learning rate is negative, or the factor or total_iters out of range.

    Example:
        >>> from jaxdl.optim.schedules import constant_lr
        >>> [float(constant_lr(1.0, 0.25, 2)(count)) for count in range(4)]
        [0.25, 0.25, 1.0, 1.0]
    """
    base, total_iters = checked_rate(learning_rate), checked_count(total_iters, "total_iters")
    known = concrete(factor)
    if known is not None and not 0 < known <= 1:
        raise ValueError(f"factor must lie in (0, 1], got {factor}")
    factor = number(factor)

    def at(count: Count) -> Rate:
        return jnp.where((count < total_iters) | (total_iters == 0), factor, 1.0)

    return scaled(base, at)


def linear_lr(
    learning_rate: Number,
    start_factor: Number = 1 / 3,
    end_factor: Number = 1.0,
    total_iters: int = 5,
) -> Schedule:
    """`LinearLR`: times a factor that goes from start to end in total_iters steps.

    With total_iters 0 PyTorch's stays at start_factor, as this.

    Args:
        learning_rate: the optimiser's.
        start_factor: above 0, at most 1.
        end_factor: from 0 to 1.
        total_iters: the number of steps from one to the other.

    Raises:
        ValueError: the learning rate is negative, or another argument is out of range.

    Example:
        >>> from jaxdl.optim.schedules import linear_lr
        >>> [float(linear_lr(1.0, 0.25, 1.0, 3)(count)) for count in range(5)]
        [0.25, 0.5, 0.75, 1.0, 1.0]
    """
    base, total_iters = checked_rate(learning_rate), checked_count(total_iters, "total_iters")
    for name, value in (("start_factor", start_factor), ("end_factor", end_factor)):
        known = concrete(value)
        if known is not None and not (0 <= known <= 1 and (known > 0 or name == "end_factor")):
            interval = "(0, 1]" if name == "start_factor" else "[0, 1]"
            raise ValueError(f"{name} must lie in {interval}, got {value}")
    start, end = number(start_factor), number(end_factor)

    def at(count: Count) -> Rate:
        done = as_float(jnp.minimum(count, total_iters))
        return start + (end - start) * done / max(total_iters, 1)

    return scaled(base, at)


def exponential_lr(learning_rate: Number, gamma: Number) -> Schedule:
    """`ExponentialLR`: times gamma every step.

    Args:
        learning_rate: the optimiser's.
        gamma: the factor.

    Raises:
        ValueError: a number is negative.

    Example:
        >>> from jaxdl.optim.schedules import exponential_lr
        >>> [float(exponential_lr(1.0, 0.5)(count)) for count in range(3)]
        [1.0, 0.5, 0.25]
    """
    base, gamma = checked_rate(learning_rate), checked_rate(gamma, "gamma")
    return scaled(
        base,
        lambda count: power(gamma, as_float(count)),
        lambda rate, count: jnp.where(count > 0, rate * gamma, rate),
    )


def polynomial_lr(learning_rate: Number, total_iters: int = 5, power: Number = 1.0) -> Schedule:
    """`PolynomialLR`: times (1 - count / total_iters) ** power, and 0 from total_iters on.

    With total_iters 0 PyTorch's changes nothing, nor does this.

    Args:
        learning_rate: the optimiser's.
        total_iters: the steps to 0.
        power: the polynomial's degree.

    Raises:
        ValueError: a number is negative, or total_iters is no integer.

    Example:
        >>> from jaxdl.optim.schedules import polynomial_lr
        >>> [float(polynomial_lr(1.0, 4, 2.0)(count)) for count in (0, 2, 4, 5)]
        [1.0, 0.25, 0.0, 0.0]
    """
    base, exponent = checked_rate(learning_rate), checked_rate(power, "power")
    total_iters = checked_count(total_iters, "total_iters")

    def at(count: Count) -> Rate:
        if total_iters == 0:
            return jnp.ones([], float)
        left = as_float(total_iters - jnp.minimum(count, total_iters)) / total_iters
        return jnp.power(left, jnp.asarray(exponent, left.dtype))

    def advance(rate: Rate, count: Count) -> Rate:
        quotient = at(count) / jnp.where(count > 0, at(jnp.maximum(count, 1) - 1), 1.0)
        return jnp.where(count > total_iters, rate, rate * quotient)

    return scaled(base, at, advance)
