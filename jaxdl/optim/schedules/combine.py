"""Schedules made of schedules: one after the other, or one on top of the other."""

import math
from collections.abc import Sequence

import jax.numpy as jnp
from jax import lax

from jaxdl.optim._common import concrete
from jaxdl.optim.schedules._schedule import Count, Rate, Schedule, checked_count


def sequential_lr(schedules: Sequence[Schedule], milestones: Sequence[int]) -> Schedule:
    """`SequentialLR`: the first schedule until the first milestone, then the next from its start.

    Each counts from its own start. One that goes on from the learning rate before (`swa_lr`,
    `multiplicative_lr`) does so, from the one of the step before the milestone.

    PyTorch builds all its schedulers on one optimiser, of which `OneCycleLR` and `CyclicLR` change
    the learning rate for the others; here each has its own.

    Args:
        schedules: of this package.
        milestones: the counts at which the next begins, one fewer than schedules, rising.

    Raises:
        ValueError: there is no schedule, or the milestones are not one fewer or do not rise.

    Example:
        >>> from jaxdl.optim.schedules import constant_lr, exponential_lr, sequential_lr
        >>> warmup = constant_lr(1.0, factor=0.25, total_iters=9)
        >>> schedule = sequential_lr([warmup, exponential_lr(1.0, 0.5)], [2])
        >>> [float(schedule(count)) for count in range(5)]
        [0.25, 0.25, 1.0, 0.5, 0.25]
    """
    if not schedules or len(milestones) != len(schedules) - 1:
        raise ValueError(
            "sequential_lr needs schedules and one milestone fewer, "
            f"got {len(schedules)} and {len(milestones)}"
        )
    places = [checked_count(milestone, "a milestone", 1) for milestone in milestones]
    if sorted(set(places)) != places:
        raise ValueError(f"milestones must rise, got {list(milestones)}")

    def joined(before: Schedule, after: Schedule, place: int) -> Schedule:
        def value(count: Count) -> Rate:
            done = jnp.maximum(count - place, 0)
            if after.enter is None:
                rate = after(done)
            else:
                rate = jnp.asarray(after.enter(before(place - 1), done), float)
            return jnp.where(count < place, before(count), rate)

        return Schedule(value)

    whole, *rest = schedules
    for schedule, place in zip(rest, places, strict=True):
        whole = joined(whole, schedule, place)
    return Schedule(whole.value)


def chained_scheduler(schedules: Sequence[Schedule]) -> Schedule:
    """`ChainedScheduler`: every step each schedule changes what the one before it made.

    Schedules that multiply the first learning rate by a factor multiply it by all factors. With
    another among them (`cosine_annealing_lr`, `swa_lr`) every step up to the count is taken, as
    PyTorch takes them: in time that grows with the count. One that does not ask what the learning
    rate was (`lambda_lr`, `cyclic_lr`, …) undoes what the ones before it did.

    Args:
        schedules: of this package, all made with the optimiser's learning rate.

    Raises:
        ValueError: there is none, one is itself a sequence or starts late, or the learning rates
            differ.

    Example:
        >>> from jaxdl.optim.schedules import chained_scheduler, constant_lr, exponential_lr
        >>> schedule = chained_scheduler([constant_lr(1.0, 0.25, 2), exponential_lr(1.0, 0.5)])
        >>> [float(schedule(count)) for count in range(4)]
        [0.25, 0.125, 0.25, 0.125]
    """
    if not schedules:
        raise ValueError("chained_scheduler needs a schedule, got none")
    bases = [schedule.base for schedule in schedules if schedule.base is not None]
    if len({concrete(base) for base in bases} - {None}) > 1:
        raise ValueError(f"chained schedules share one learning rate, got {bases}")

    factors = [schedule.factor for schedule in schedules if schedule.factor is not None]
    if len(factors) == len(schedules):

        def factor(count: Count) -> Rate:
            return math.prod((factor(count) for factor in factors), start=jnp.ones([], float))

        return Schedule(
            lambda count: bases[0] * factor(count), _all(schedules), None, factor, bases[0]
        )

    advance = _all(schedules)
    start = bases[0] if bases else 0.0  # which the first of them then overwrites

    def value(count: Count) -> Rate:
        first = jnp.asarray(advance(jnp.asarray(start, float), jnp.int32(0)), float)
        end = jnp.asarray(count, jnp.int32) + 1
        return lax.fori_loop(
            jnp.int32(1), end, lambda i, rate: jnp.asarray(advance(rate, i), float), first
        )

    return Schedule(value, advance, base=bases[0] if bases else None)


def _all(schedules: Sequence[Schedule]):
    def advance(rate: Rate, count: Count) -> Rate:
        for schedule in schedules:
            follow = schedule.advance
            rate = schedule(count) if follow is None else follow(rate, count)
        return rate

    return advance
