"""L-BFGS: a quasi-Newton method that remembers its last steps."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jax import lax
from jax.flatten_util import ravel_pytree
from jaxtyping import Array, Bool, Float, Int

from jaxdl.optim._common import Number, checked, concrete, learning_rate_at
from jaxdl.optim.strong_wolfe import Point, strong_wolfe

dot = partial(jnp.vdot, precision=lax.Precision.HIGHEST)

SMALLEST_CURVATURE = 1e-10  # PyTorch's: a step with less y·s is not remembered


class LbfgsState(NamedTuple):
    """What one update leaves to the next; vectors are the raveled parameters."""

    updates: Int[Array, ""]  # so far, what a schedule counts
    step: Int[Array, ""]  # iterations so far, PyTorch's n_iter
    evaluations: Int[Array, ""]  # objective evaluations so far, PyTorch's func_evals
    direction: Float[Array, " n"]
    step_size: Float[Array, ""]
    gradient: Float[Array, " n"]  # before the last step
    gradient_changes: Float[Array, "history n"]  # y, a ring: the pair k lies in row k % history
    parameter_changes: Float[Array, "history n"]  # s
    rho: Float[Array, " history"]  # 1 / y·s
    pairs: Int[Array, ""]  # remembered so far; the ring holds the newest
    scale: Float[Array, ""]  # y·s / y·y of the newest pair


class _Iterate(NamedTuple):
    x: Float[Array, " n"]
    value: Float[Array, ""]
    gradient: Float[Array, " n"]
    iteration: Int[Array, ""]
    evaluations: Int[Array, ""]
    done: Bool[Array, ""]
    state: LbfgsState


def _remember(state: LbfgsState, gradient: Float[Array, " n"]) -> LbfgsState:
    """Store the last step's pair (y, s), if it bends upwards."""
    y = gradient - state.gradient
    s = state.step_size * state.direction
    curvature = dot(y, s)
    bends = curvature > SMALLEST_CURVATURE
    row = state.pairs % len(state.rho)

    def store(ring: Array, new: Array) -> Array:
        return ring.at[row].set(jnp.where(bends, new, ring[row]))

    return state._replace(
        gradient_changes=store(state.gradient_changes, y),
        parameter_changes=store(state.parameter_changes, s),
        rho=store(state.rho, 1 / curvature),
        pairs=state.pairs + bends.astype(jnp.int32),
        scale=jnp.where(bends, curvature / dot(y, y), state.scale),
    )


def _descent_direction(state: LbfgsState, gradient: Float[Array, " n"]) -> Float[Array, " n"]:
    """-H g by the two-loop recursion. Nocedal and Wright, algorithm 7.4."""
    size = len(state.rho)
    oldest = jnp.maximum(state.pairs - size, 0)
    number = state.pairs - oldest

    def newest_first(i, carry):
        q, alphas = carry
        row = (state.pairs - 1 - i) % size
        alpha = dot(state.parameter_changes[row], q) * state.rho[row]
        return q - alpha * state.gradient_changes[row], alphas.at[row].set(alpha)

    def oldest_first(i, carry):
        r, alphas = carry
        row = (oldest + i) % size
        beta = dot(state.gradient_changes[row], r) * state.rho[row]
        return r + (alphas[row] - beta) * state.parameter_changes[row], alphas

    q, alphas = lax.fori_loop(0, number, newest_first, (-gradient, jnp.zeros_like(state.rho)))
    r, _ = lax.fori_loop(0, number, oldest_first, (q * state.scale, alphas))
    return r


def lbfgs(
    learning_rate: optax.ScalarOrSchedule = 1.0,
    *,
    max_iter: int | Array = 20,
    max_eval: int | Array | None = None,
    tolerance_grad: Number = 1e-7,
    tolerance_change: Number = 1e-9,
    history_size: int | Array = 100,
    line_search_fn: str | None = None,
) -> optax.GradientTransformationExtraArgs:
    r"""L-BFGS as PyTorch defines it: up to max_iter iterations in one update.

    .. math::
        y &= g_t - g_{t-1}, \quad s = \theta_t - \theta_{t-1}
            \quad \text{remembered if } y \cdot s > 10^{-10} \\
        d_t &= -H_t g_t, \quad H_t \text{ from the last pairs by the two-loop recursion,
            starting at } \frac{y \cdot s}{y \cdot y} I \\
        \theta_{t+1} &= \theta_t + \alpha_t d_t

    The step length α is the learning rate (at the very first iteration of all, that times
    min(1, 1/|g|₁)) or, with "strong_wolfe", what the line search makes of it. An update ends after
    max_iter iterations or max_eval evaluations, and as soon as no entry of the gradient exceeds
    tolerance_grad, the slope g·d exceeds -tolerance_change, or neither the parameters nor the value
    change by more than tolerance_change. The memory lasts from update to update.

    `optax.lbfgs` differs: one iteration an update, ten pairs, no tolerances, every pair
    remembered, and another line search (its own zoom).

    Args:
        learning_rate: the step length, or the line search's first guess; or a schedule of it, whose
            value holds for all iterations of an update.
        max_iter: the most iterations in one update.
        max_eval: the most evaluations in one update; by default max_iter · 5 // 4. Only a line
            search can pass it, by nothing more than its own first evaluation.
        tolerance_grad: ends the update at a gradient this flat.
        tolerance_change: ends the update at a change this small.
        history_size: the pairs remembered; the state holds 2 · history_size vectors. It cannot be
            traced: `optax.inject_hyperparams(lbfgs, static_args="history_size")`.
        line_search_fn: None or "strong_wolfe".

    How many iterations there are the data decide: no gradient of reverse mode goes through an
    update; forward mode does.

    Returns:
        The `optax.GradientTransformationExtraArgs`; its `update` needs the params and two keywords,
        `value`, the objective at the params, and `value_fn`, the objective as a function of the
        params. Under `optax.masked` and `optax.multi_transform` these are the params with
        `optax.MaskedNode` in the place of the others.

    Raises:
        ValueError: a rate or tolerance is negative, a count is below 1, or line_search_fn is
            neither None nor "strong_wolfe".

    Example:
        >>> import jax
        >>> import jax.numpy as jnp
        >>> import optax
        >>> from jaxdl.optim import lbfgs
        >>> def rosenbrock(x):
        ...     return 100 * (x[1] - x[0] ** 2) ** 2 + (1 - x[0]) ** 2
        >>> optimizer = lbfgs(line_search_fn="strong_wolfe")
        >>> params = jnp.array([-1.2, 1.0])
        >>> state = optimizer.init(params)
        >>> @jax.jit
        ... def step(params, state):
        ...     value, gradient = jax.value_and_grad(rosenbrock)(params)
        ...     updates, state = optimizer.update(
        ...         gradient, state, params, value=value, value_fn=rosenbrock
        ...     )
        ...     return optax.apply_updates(params, updates), state
        >>> for _ in range(3):
        ...     params, state = step(params, state)
        >>> bool(jnp.all(jnp.abs(params - 1) < 1e-3))
        True

    References:
        Liu and Nocedal, On the limited memory BFGS method for large scale optimization,
        Mathematical Programming, 1989. Equals `torch.optim.LBFGS`.
    """
    learning_rate, tolerance_grad, tolerance_change = checked(
        learning_rate=learning_rate,
        tolerance_grad=tolerance_grad,
        tolerance_change=tolerance_change,
    )
    max_eval = max_iter * 5 // 4 if max_eval is None else max_eval
    counts = [concrete(count) for count in (max_iter, max_eval, history_size)]
    if any(count is not None and count < 1 for count in counts):
        raise ValueError(
            "max_iter, max_eval and history_size must be at least 1, "
            f"got {max_iter}, {max_eval} and {history_size}"
        )
    if line_search_fn not in (None, "strong_wolfe"):
        raise ValueError(f'line_search_fn must be None or "strong_wolfe", got {line_search_fn!r}')

    def init(params: optax.Params) -> LbfgsState:
        if counts[-1] is None:
            raise ValueError(
                "history_size sets the state's shapes and cannot be traced: name it in "
                "inject_hyperparams' static_args"
            )
        size = int(counts[-1])
        x, _ = ravel_pytree(params)
        # Zeros of its own for each: an array that stands twice in a state cannot be donated.
        return LbfgsState(
            updates=jnp.zeros([], jnp.int32),
            step=jnp.zeros([], jnp.int32),
            evaluations=jnp.zeros([], jnp.int32),
            direction=jnp.zeros_like(x),
            step_size=jnp.zeros([], x.dtype),
            gradient=jnp.zeros_like(x),
            gradient_changes=jnp.zeros((size, x.size), x.dtype),
            parameter_changes=jnp.zeros((size, x.size), x.dtype),
            rho=jnp.zeros(size, x.dtype),
            pairs=jnp.zeros([], jnp.int32),
            scale=jnp.ones([], x.dtype),
        )

    def update(
        updates: optax.Updates,
        state: LbfgsState,
        params: optax.Params | None = None,
        *,
        value: Float[Array, ""],
        value_fn: Callable[[optax.Params], Float[Array, ""]],
        **extra_args: Any,
    ) -> tuple[optax.Updates, LbfgsState]:
        del extra_args
        if params is None:
            raise ValueError("lbfgs needs the params: update(gradients, state, params, ...)")
        start, unravel = ravel_pytree(params)
        rate = learning_rate_at(learning_rate, state.updates)

        def evaluate(x):
            value, gradients = jax.value_and_grad(value_fn)(unravel(x))
            return value.astype(x.dtype), ravel_pytree(gradients)[0]

        def fixed_step(now: _Iterate, slope) -> tuple:
            """A step of the given length; the last one's end is left for the next update to see."""
            del slope
            step_size = now.state.step_size
            x = now.x + step_size * now.state.direction
            last = now.iteration == max_iter
            value, gradient = lax.cond(last, lambda: (now.value, now.gradient), lambda: evaluate(x))
            return x, value, gradient, step_size, (~last).astype(jnp.int32)

        def searched_step(now: _Iterate, slope) -> tuple:
            direction = now.state.direction

            def along(step_size) -> Point:
                value, gradient = evaluate(now.x + step_size * direction)
                return Point(step_size, value, gradient, dot(gradient, direction))

            found, evaluations = strong_wolfe(
                along,
                Point(jnp.zeros_like(slope), now.value, now.gradient, slope),
                now.state.step_size,
                jnp.max(jnp.abs(direction)),
                max_eval - now.evaluations,
            )
            x = now.x + found.step_size * direction
            return x, found.value, found.gradient, found.step_size, evaluations

        take_step = fixed_step if line_search_fn is None else searched_step

        def iterate(now: _Iterate) -> _Iterate:
            # Before the first step the pair is (g, 0): it has no curvature, and -H g is -g.
            state = _remember(now.state, now.gradient)
            direction = _descent_direction(state, now.gradient)
            short = jnp.minimum(1.0, 1 / jnp.sum(jnp.abs(now.gradient)))
            step_size = jnp.where(state.step == 0, short, 1.0) * rate
            slope = dot(now.gradient, direction)
            state = state._replace(
                step=state.step + 1,
                direction=direction,
                step_size=step_size,
                gradient=now.gradient,
            )
            now = now._replace(state=state, iteration=now.iteration + 1)

            too_flat = slope > -tolerance_change
            x, value, gradient, step_size, evaluations = lax.cond(
                too_flat,
                lambda: (now.x, now.value, now.gradient, step_size, jnp.zeros_like(now.iteration)),
                lambda: take_step(now, slope),
            )
            evaluations = now.evaluations + evaluations
            done = (
                too_flat
                | (now.iteration == max_iter)
                | (evaluations >= max_eval)
                | (jnp.max(jnp.abs(gradient)) <= tolerance_grad)
                | (jnp.max(jnp.abs(step_size * direction)) <= tolerance_change)
                | (jnp.abs(value - now.value) < tolerance_change)
            )
            state = state._replace(step_size=step_size)
            return _Iterate(x, value, gradient, now.iteration, evaluations, done, state)

        gradient, _ = ravel_pytree(updates)
        end = lax.while_loop(
            lambda now: ~now.done,
            iterate,
            _Iterate(
                x=start,
                value=value.astype(start.dtype),
                gradient=gradient,
                iteration=jnp.zeros([], jnp.int32),
                evaluations=jnp.ones([], jnp.int32),  # the caller's
                done=jnp.max(jnp.abs(gradient)) <= tolerance_grad,
                state=state,
            ),
        )
        state = end.state._replace(
            updates=state.updates + 1, evaluations=state.evaluations + end.evaluations
        )
        return unravel(end.x - start), state

    # Optax's protocol does not know that value and value_fn are needed.
    return optax.GradientTransformationExtraArgs(init, update)  # pyright: ignore[reportArgumentType]
