"""Schedules that go up and down: cosines, cycles, one cycle; and weight averaging's."""

import math
from collections.abc import Callable

import jax.numpy as jnp

from jaxdl.optim._common import Number, concrete, number
from jaxdl.optim.schedules._schedule import (
    Count,
    Rate,
    Schedule,
    as_float,
    checked_choice,
    checked_count,
    checked_rate,
    power,
)


def cosine_annealing_lr(learning_rate: Number, T_max: int, eta_min: Number = 0.0) -> Schedule:
    """`CosineAnnealingLR`: down to eta_min in T_max steps along half a cosine, and up again.

    PyTorch multiplies the learning rate before; by itself that is the cosine's own value to
    rounding, at any count. Behind another scheduler in a `ChainedScheduler` it is not.

    Args:
        learning_rate: the optimiser's.
        T_max: the steps of half a period.
        eta_min: the least learning rate.

    Raises:
        ValueError: the learning rate is negative, or T_max no positive integer.

    Example:
        >>> from jaxdl.optim.schedules import cosine_annealing_lr
        >>> [f"{cosine_annealing_lr(1.0, 4)(count):.3f}" for count in (0, 1, 4, 8)]
        ['1.000', '0.854', '0.000', '1.000']
    """
    base, least = checked_rate(learning_rate), number(eta_min)
    half = checked_count(T_max, "T_max", 1)

    def height(count: Count) -> Rate:
        # Of the remainder: in float32 the cosine of a large angle has few digits.
        return 1 + jnp.cos(as_float(count % (2 * half)) * (math.pi / half))

    def advance(rate: Rate, count: Count) -> Rate:
        before = jnp.maximum(count, 1) - 1
        turns = before % (2 * half) == half
        up = rate + (base - least) * (1 - math.cos(math.pi / half)) / 2
        along = height(count) / jnp.where(turns, 1.0, height(before)) * (rate - least) + least
        return jnp.where(count > 0, jnp.where(turns, up, along), rate)

    return Schedule(lambda count: least + (base - least) * height(count) / 2, advance, base=base)


def cosine_annealing_warm_restarts(
    learning_rate: Number, T_0: int, T_mult: int = 1, eta_min: Number = 0.0
) -> Schedule:
    """`CosineAnnealingWarmRestarts`: half a cosine down, again and again, each T_mult as long.

    Args:
        learning_rate: the optimiser's.
        T_0: the steps to the first restart.
        T_mult: how much longer each is than the one before.
        eta_min: the least learning rate.

    Raises:
        ValueError: the learning rate is negative, or T_0 or T_mult no positive integer.

    Example:
        >>> from jaxdl.optim.schedules import cosine_annealing_warm_restarts
        >>> schedule = cosine_annealing_warm_restarts(1.0, 2, 2)
        >>> [f"{schedule(count):.3f}" for count in (0, 1, 2, 4, 6)]
        ['1.000', '0.500', '1.000', '0.500', '1.000']
    """
    base, least = checked_rate(learning_rate), number(eta_min)
    first, longer = checked_count(T_0, "T_0", 1), checked_count(T_mult, "T_mult", 1)
    starts = [0]  # of each cycle, as far as a count goes
    while longer > 1 and starts[-1] + first * longer ** (len(starts) - 1) < 2**31:
        starts.append(starts[-1] + first * longer ** (len(starts) - 1))

    def value(count: Count) -> Rate:
        if longer == 1:
            done, length = count % first, float(first)
        else:
            places = jnp.asarray(starts, jnp.int32)
            count = jnp.asarray(count, jnp.int32)
            index = jnp.sum(places <= count, dtype=jnp.int32) - 1
            lengths = [float(first * longer**i) for i in range(len(starts))]
            done, length = count - places[index], jnp.asarray(lengths, float)[index]
        return least + (base - least) * (1 + jnp.cos(math.pi * (as_float(done) / length))) / 2

    return Schedule(value, base=base)


def cyclic_lr(
    base_lr: Number,
    max_lr: Number,
    step_size_up: int = 2000,
    step_size_down: int | None = None,
    mode: str = "triangular",
    gamma: Number = 1.0,
    scale_fn: Callable[[Rate], Rate] | None = None,
    scale_mode: str = "cycle",
) -> Schedule:
    """`CyclicLR`: up from base_lr towards max_lr and down again.

    PyTorch's also cycles the momentum, against the learning rate, unless told not to: that is
    `cyclic_momentum`.

    Args:
        base_lr: the least learning rate.
        max_lr: the largest, of the first cycle.
        step_size_up: the steps up.
        step_size_down: the steps down; as many if None.
        mode: "triangular"; "triangular2", half as high each cycle; "exp_range", gamma ** count as
            high.
        gamma: of "exp_range".
        scale_fn: how high, in place of a mode: a function of the cycle's number from 1 on, or of
            the count, in either case a float array of shape ().
        scale_mode: "cycle" or "iterations": what scale_fn is given.

    Raises:
        ValueError: a learning rate is negative, or another argument is out of range.

    Example:
        >>> from jaxdl.optim.schedules import cyclic_lr
        >>> schedule = cyclic_lr(0.0, 1.0, step_size_up=2, mode="triangular2")
        >>> [float(schedule(count)) for count in range(7)]
        [0.0, 0.5, 1.0, 0.5, 0.0, 0.25, 0.5]
    """
    low, high = checked_rate(base_lr, "base_lr"), checked_rate(max_lr, "max_lr")
    return _cycle(low, high, step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode)


def cyclic_momentum(
    base_momentum: Number = 0.8,
    max_momentum: Number = 0.9,
    step_size_up: int = 2000,
    step_size_down: int | None = None,
    mode: str = "triangular",
    gamma: Number = 1.0,
    scale_fn: Callable[[Rate], Rate] | None = None,
    scale_mode: str = "cycle",
) -> Schedule:
    """The momentum of `CyclicLR`: down from max_momentum towards base_momentum, and up again.

    Give it, and `cyclic_lr` with the same arguments, to `optax.inject_hyperparams`: as momentum or,
    through a function of your own, as the first of Adam's betas.

    Args:
        base_momentum: the least momentum, of the first cycle.
        max_momentum: the largest.
        step_size_up: the steps down.
        step_size_down: the steps up; as many if None.
        mode: as in `cyclic_lr`.
        gamma: as in `cyclic_lr`.
        scale_fn: as in `cyclic_lr`.
        scale_mode: as in `cyclic_lr`.

    Raises:
        ValueError: a momentum is negative, or another argument is out of range.

    Example:
        >>> import optax
        >>> from jaxdl.optim import sgd
        >>> from jaxdl.optim.schedules import cyclic_lr, cyclic_momentum
        >>> optimizer = optax.inject_hyperparams(sgd)(
        ...     cyclic_lr(0.01, 0.1, 2), momentum=cyclic_momentum(0.8, 0.9, 2)
        ... )
        >>> [f"{cyclic_momentum(0.8, 0.9, 2)(count):.2f}" for count in range(4)]
        ['0.90', '0.85', '0.80', '0.85']
    """
    low = checked_rate(base_momentum, "base_momentum")
    high = checked_rate(max_momentum, "max_momentum")
    return _cycle(high, low, step_size_up, step_size_down, mode, gamma, scale_fn, scale_mode)


def _cycle(
    start: Number,
    end: Number,
    up: int,
    down: int | None,
    mode: str,
    gamma: Number,
    scale_fn,
    scale_mode: str,
) -> Schedule:
    up = checked_count(up, "step_size_up", 1)
    down = up if down is None else checked_count(down, "step_size_down", 1)
    gamma = number(gamma)
    if scale_fn is None:
        checked_choice(mode, "mode", ("triangular", "triangular2", "exp_range"))
        scale_mode = "iterations" if mode == "exp_range" else "cycle"
        scale_fn = {
            "triangular": jnp.ones_like,
            "triangular2": lambda cycle: power(0.5, cycle - 1),
            "exp_range": lambda count: power(gamma, count),
        }[mode]
    checked_choice(scale_mode, "scale_mode", ("cycle", "iterations"))

    def value(count: Count) -> Rate:
        cycle, place = count // (up + down), as_float(count % (up + down))
        share = jnp.where(place <= up, place / up, (up + down - place) / down)
        scale = scale_fn(as_float(cycle) + 1 if scale_mode == "cycle" else as_float(count))
        return start + (end - start) * share * jnp.asarray(scale, float)

    return Schedule(value)


def one_cycle_lr(
    max_lr: Number,
    total_steps: int | None = None,
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    pct_start: float = 0.3,
    anneal_strategy: str = "cos",
    div_factor: Number = 25.0,
    final_div_factor: Number = 1e4,
    three_phase: bool = False,
) -> Schedule:
    """`OneCycleLR`: up to max_lr, then down to next to nothing.

    PyTorch's also cycles the momentum, against the learning rate, unless told not to: that is
    `one_cycle_momentum`. After total_steps PyTorch's raises; here the last value stands.

    Args:
        max_lr: the largest learning rate.
        total_steps: the length; or give both of the next two.
        epochs: together with steps_per_epoch, the length.
        steps_per_epoch: together with epochs, the length.
        pct_start: the share of the steps that go up.
        anneal_strategy: "cos" or "linear".
        div_factor: max_lr over the first learning rate.
        final_div_factor: the first learning rate over the last.
        three_phase: down to the first learning rate as fast as up, then on to the last.

    Raises:
        ValueError: a number is negative or out of range, the length is not given, or the first
            phase ends where it starts (pct_start · total_steps = 1), where PyTorch divides by 0.

    Example:
        >>> from jaxdl.optim.schedules import one_cycle_lr
        >>> schedule = one_cycle_lr(1.0, 11, pct_start=0.5, anneal_strategy="linear")
        >>> [f"{schedule(count):.3f}" for count in (0, 4, 5, 10)]
        ['0.040', '0.893', '0.909', '0.000']
    """
    highest = checked_rate(max_lr, "max_lr")
    for name, value in (("div_factor", div_factor), ("final_div_factor", final_div_factor)):
        known = concrete(value)
        if known is not None and not known > 0:
            raise ValueError(f"{name} must be above 0, got {value}")
    first = highest / number(div_factor)
    last = first / number(final_div_factor)
    levels = [first, highest, first, last] if three_phase else [first, highest, last]
    length = _length(total_steps, epochs, steps_per_epoch)
    return _phases(levels, length, pct_start, anneal_strategy)


def one_cycle_momentum(
    base_momentum: Number = 0.85,
    max_momentum: Number = 0.95,
    total_steps: int | None = None,
    epochs: int | None = None,
    steps_per_epoch: int | None = None,
    pct_start: float = 0.3,
    anneal_strategy: str = "cos",
    three_phase: bool = False,
) -> Schedule:
    """The momentum of `OneCycleLR`: down to base_momentum, then up again.

    Give it, and `one_cycle_lr` with the same length, to `optax.inject_hyperparams`, as in
    `cyclic_momentum`.

    Args:
        base_momentum: the least momentum, where the learning rate is largest.
        max_momentum: the largest.
        total_steps: as in `one_cycle_lr`.
        epochs: as in `one_cycle_lr`.
        steps_per_epoch: as in `one_cycle_lr`.
        pct_start: as in `one_cycle_lr`.
        anneal_strategy: as in `one_cycle_lr`.
        three_phase: as in `one_cycle_lr`.

    Raises:
        ValueError: as in `one_cycle_lr`.

    Example:
        >>> from jaxdl.optim.schedules import one_cycle_momentum
        >>> schedule = one_cycle_momentum(total_steps=11, pct_start=0.5)
        >>> [f"{schedule(count):.2f}" for count in (0, 10)]
        ['0.95', '0.95']
    """
    low = checked_rate(base_momentum, "base_momentum")
    high = checked_rate(max_momentum, "max_momentum")
    levels = [high, low, high, high] if three_phase else [high, low, high]
    length = _length(total_steps, epochs, steps_per_epoch)
    return _phases(levels, length, pct_start, anneal_strategy)


def _length(total_steps: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    if total_steps is not None:
        return checked_count(total_steps, "total_steps", 1)
    if epochs is None or steps_per_epoch is None:
        raise ValueError("give total_steps, or epochs and steps_per_epoch")
    return checked_count(epochs, "epochs", 1) * checked_count(steps_per_epoch, "steps_per_epoch", 1)


def _phases(levels: list[Number], length: int, pct_start: float, strategy: str) -> Schedule:
    """From level to level, each phase from the end of the one before."""
    checked_choice(strategy, "anneal_strategy", ("cos", "linear"))
    if not 0 <= pct_start <= 1:
        raise ValueError(f"pct_start must lie in [0, 1], got {pct_start}")
    ends = [pct_start * length - 1, length - 1.0]
    if len(levels) == 4:
        ends.insert(1, 2 * pct_start * length - 2)
    starts = [0.0, *ends[:-1]]

    def between(place: Rate, start: float, end: float, low: Number, high: Number) -> Rate:
        share = (place - start) / (end - start)
        if strategy == "linear":
            return (high - low) * share + low
        return high + (low - high) / 2 * (jnp.cos(math.pi * share) + 1)

    # PyTorch takes the first phase that has not ended yet, and divides by the length of that alone.
    used = [i for i in range(len(ends)) if i == len(ends) - 1 or ends[i] >= 0]
    if any(starts[i] == ends[i] for i in used):
        raise ValueError(
            f"a phase of no length: pct_start {pct_start} of {length} steps; choose another of them"
        )

    def value(count: Count) -> Rate:
        place = as_float(jnp.minimum(count, length))
        rate = between(place, starts[-1], ends[-1], levels[-2], levels[-1])
        for i in reversed(used[:-1]):
            rate = jnp.where(
                place <= ends[i], between(place, starts[i], ends[i], levels[i], levels[i + 1]), rate
            )
        return rate

    return Schedule(value)


def swa_lr(
    learning_rate: Number | Schedule,
    swa_lr: Number,
    anneal_epochs: int = 10,
    anneal_strategy: str = "cos",
    swa_start: int = 0,
) -> Schedule:
    """`SWALR` of `torch.optim.swa_utils`: from where the learning rate is to swa_lr, and there on.

    Args:
        learning_rate: the optimiser's, or the schedule whose place this takes at swa_start: in
            PyTorch's loop the scheduler stepped until then.
        swa_lr: the learning rate to come to.
        anneal_epochs: the steps on the way.
        anneal_strategy: "cos" or "linear".
        swa_start: the count at which it starts, still at the schedule's learning rate.

    Raises:
        ValueError: a number is negative, or another argument is out of range.

    Example:
        >>> from jaxdl.optim.schedules import swa_lr
        >>> schedule = swa_lr(1.0, 0.5, 2, "linear")
        >>> [float(schedule(count)) for count in range(4)]
        [1.0, 0.75, 0.5, 0.5]
    """
    goal = checked_rate(swa_lr, "swa_lr")
    length = checked_count(anneal_epochs, "anneal_epochs")
    begin = checked_count(swa_start, "swa_start")
    checked_choice(anneal_strategy, "anneal_strategy", ("cos", "linear"))
    if not callable(learning_rate):
        learning_rate = checked_rate(learning_rate)

    def before(count: Count) -> Rate:
        return learning_rate(count) if callable(learning_rate) else learning_rate

    def share(count: Count) -> Rate:
        t = jnp.minimum(as_float(count) / max(1, length), 1.0)
        if length == 0:  # PyTorch's is there at once
            t = jnp.ones_like(t)
        return t if anneal_strategy == "linear" else (1 - jnp.cos(math.pi * t)) / 2

    def enter(rate: Rate, count: Count) -> Rate:
        return goal * share(count) + rate * (1 - share(count))

    def advance(rate: Rate, count: Count) -> Rate:
        old, new = share(jnp.maximum(count, 1) - 1), share(count)
        whole = old == 1
        first = (rate - old * goal) / jnp.where(whole, 1.0, 1 - old)
        return jnp.where(whole, goal, goal * new + first * (1 - new))

    def value(count: Count) -> Rate:
        done = jnp.maximum(count - begin, 0)
        entered = enter(before(begin), done)
        return entered if begin == 0 else jnp.where(count < begin, before(count), entered)

    base = None if callable(learning_rate) else learning_rate
    return Schedule(value, advance if begin == 0 else None, enter, base=base)
