"""The line search of PyTorch's L-BFGS: a step length that meets the strong Wolfe conditions."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Bool, Float, Int

ARMIJO = 1e-4  # c₁: the decrease must be this share of what the slope promises
CURVATURE = 0.9  # c₂: the slope must shrink to this share of the first
SMALLEST_BRACKET = 1e-9  # PyTorch's own; L-BFGS does not pass its tolerance_change on


class Point(NamedTuple):
    """The objective at x + step_size · direction."""

    step_size: Float[Array, "*pair"]
    value: Float[Array, "*pair"]
    gradient: Float[Array, "*pair n"]
    slope: Float[Array, "*pair"]  # gradient · direction


def choose(condition: Bool[Array, ""], chosen: Point, other: Point) -> Point:
    """One of two points, whole."""
    return jax.tree.map(lambda a, b: jnp.where(condition, a, b), chosen, other)


def cubic_minimum(
    a: Point, b: Point, lower: Float[Array, ""], upper: Float[Array, ""]
) -> Float[Array, ""]:
    """Where the cubic through both points' values and slopes is least, kept in [lower, upper].

    A cubic without a minimum gives the middle. Nocedal and Wright, equation 3.59.
    """
    left, right = choose(a.step_size <= b.step_size, a, b), choose(a.step_size <= b.step_size, b, a)
    width = right.step_size - left.step_size
    # d₁ = g₁ + g₂ - 3 (f₁ - f₂) / (x₁ - x₂);  d₂ = √(d₁² - g₁ g₂)
    d1 = left.slope + right.slope - 3 * (right.value - left.value) / width
    square = d1**2 - left.slope * right.slope
    d2 = jnp.sqrt(jnp.maximum(square, 0.0))
    # x = x₂ - (x₂ - x₁) (g₂ + d₂ - d₁) / (g₂ - g₁ + 2 d₂)
    share = (right.slope + d2 - d1) / (right.slope - left.slope + 2 * d2)
    minimum = jnp.clip(right.step_size - width * share, lower, upper)
    return jnp.where(square >= 0, minimum, (lower + upper) / 2)


def strong_wolfe(
    evaluate: Callable[[Float[Array, ""]], Point],
    start: Point,
    step_size: Float[Array, ""],
    direction_norm: Float[Array, ""],
    max_iterations: Int[Array, ""],
) -> tuple[Point, Int[Array, ""]]:
    """Search along a descent direction as PyTorch does: bracket a minimum, then zoom into it.

    Args:
        evaluate: the objective at a step size.
        start: the objective at step size 0; its slope is negative.
        step_size: the first guess.
        direction_norm: the direction's largest absolute entry.
        max_iterations: the evaluations allowed after the first.

    Returns:
        The point found, and the number of evaluations. Out of iterations, it is the best end of
        the last bracket.

    References:
        Nocedal and Wright, Numerical Optimization, 2006, algorithms 3.5 and 3.6. Equals
        `_strong_wolfe` in `torch.optim.lbfgs`.
    """

    def above_armijo(point: Point) -> Bool[Array, ""]:
        return point.value > start.value + ARMIJO * point.step_size * start.slope

    def is_flat(point: Point) -> Bool[Array, ""]:
        return jnp.abs(point.slope) <= -CURVATURE * start.slope

    # Bracket: go on, in growing steps, until the minimum lies between the last two points.
    def is_too_far(previous: Point, point: Point, iteration) -> Bool[Array, ""]:
        return above_armijo(point) | ((iteration > 1) & (point.value >= previous.value))

    def goes_on(carry) -> Bool[Array, ""]:
        previous, point, iteration = carry
        ends = is_too_far(previous, point, iteration) | is_flat(point) | (point.slope >= 0)
        return (iteration < max_iterations) & ~ends

    def advance(carry):
        previous, point, iteration = carry
        lower = point.step_size + 0.01 * (point.step_size - previous.step_size)
        longer = cubic_minimum(previous, point, lower, 10 * point.step_size)
        return point, evaluate(longer), iteration + 1

    previous, point, iteration = lax.while_loop(
        goes_on, advance, (start, evaluate(step_size), jnp.zeros_like(max_iterations))
    )
    exhausted = iteration == max_iterations
    done = ~exhausted & ~is_too_far(previous, point, iteration) & is_flat(point)
    # PyTorch's lists of two, as one Point with a leading axis. At equal values the first is low.
    first = choose(exhausted, start, choose(done, point, previous))
    bracket: Point = jax.tree.map(lambda a, b: jnp.stack([a, b]), first, point)

    # Zoom: replace one end of the bracket by a point inside it.
    def lower_end(bracket: Point) -> Int[Array, ""]:
        return jnp.where(bracket.value[0] <= bracket.value[1], 0, 1)

    def end(bracket: Point, index) -> Point:
        return jax.tree.map(lambda leaf: leaf[index], bracket)

    def replace(bracket: Point, index, point: Point) -> Point:
        return jax.tree.map(lambda leaf, new: leaf.at[index].set(new), bracket, point)

    def narrows(carry) -> Bool[Array, ""]:
        bracket, _, _, iteration, done = carry
        width = jnp.abs(bracket.step_size[1] - bracket.step_size[0])
        return ~done & (iteration < max_iterations) & ~(width * direction_norm < SMALLEST_BRACKET)

    def zoom(carry):
        bracket, low, stalled, iteration, _ = carry
        left, right = jnp.min(bracket.step_size), jnp.max(bracket.step_size)
        trial = cubic_minimum(end(bracket, 0), end(bracket, 1), left, right)
        # Near an end twice running, or on it: try a tenth of the bracket away from that end.
        margin = 0.1 * (right - left)
        near = jnp.minimum(right - trial, trial - left) < margin
        pushed = near & (stalled | (trial >= right) | (trial <= left))
        inside = jnp.where(
            jnp.abs(trial - right) < jnp.abs(trial - left), right - margin, left + margin
        )
        point = evaluate(jnp.where(pushed, inside, trial))

        lowest, highest = end(bracket, low), end(bracket, 1 - low)
        worse = above_armijo(point) | (point.value >= lowest.value)
        done = ~worse & is_flat(point)
        turns = point.slope * (highest.step_size - lowest.step_size) >= 0
        # A worse point becomes the high end. A better one becomes the low end; if the minimum lies
        # behind it, the old low end becomes the high one.
        high_end = choose(worse, point, choose(~done & turns, lowest, highest))
        bracket = replace(bracket, 1 - low, high_end)
        bracket = replace(bracket, low, choose(worse, lowest, point))
        low = jnp.where(worse, lower_end(bracket), low)
        return bracket, low, near & ~pushed, iteration + 1, done

    bracket, low, _, iteration, _ = lax.while_loop(
        narrows, zoom, (bracket, lower_end(bracket), jnp.zeros_like(done), iteration, done)
    )
    return end(bracket, low), iteration + 1
