"""Lesson 7's step with its arrays in two orders: (n, features) and (features, n).

`python -m benchmarks.layout` prints microseconds a step, many steps in a call, medians and
quartiles of calls that take turns; the losses of all ways must agree.

    lesson       the lesson's own step: x @ K
    copied       the same net written here, with a linear layer to choose: must cost the same
    transposed   (K' @ x')', each layer by itself; what XLA makes of it
    features     (features, n) throughout, the data, too
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl.bench.clock import spread
from jaxdl.course import find

STEPS, TURNS = 1000, 25
Linear = Callable[[Any, jax.Array], jax.Array]
Step = Callable[[Any, Any], tuple[Any, jax.Array]]


def transposed(layer: Any, x: jax.Array) -> jax.Array:
    """As the lesson's `linear`, (n, in) -> (n, out)."""
    return (layer["kernel"].T @ x.T).T + layer["bias"][None]


def features_first(layer: Any, x: jax.Array) -> jax.Array:
    """(in, n) -> (out, n)."""
    return layer["kernel"].T @ x + layer["bias"][:, None]


def step_with(linear: Linear, lesson: Any, config: Any) -> Step:
    """The lesson's step, its three layers computed by `linear`: (state, batch) -> state, loss."""
    f, optimizer = lesson.FUNCTIONS[config.activation], optax.sgd(config.learning_rate)

    def loss(params: Any, batch: Any) -> jax.Array:
        x, y = batch
        x = f(linear(params["linear1"], x))
        x = f(linear(params["linear2"], x))
        logits = linear(params["linear3"], x)
        return jnp.mean(optax.sigmoid_binary_cross_entropy(logits, y))

    def step(state: Any, batch: Any) -> tuple[Any, jax.Array]:
        params, opt_state = state
        value, gradient = jax.value_and_grad(loss)(params, batch)
        updates, opt_state = optimizer.update(gradient, opt_state)
        return (optax.apply_updates(params, updates), opt_state), value

    return step


def many(step: Step, state: Any, batch: Any) -> jax.Array:
    """The losses of STEPS steps."""
    return jax.lax.scan(lambda state, _: step(state, batch), state, None, length=STEPS)[1]


def main() -> None:
    """Measure and print."""
    lesson, config = find("l07").functional, find("l07").config()
    program = lesson.program(config)
    x, y = program.examples()
    state = program.start(program.init(jax.random.key(0)))
    ways = {
        "lesson": (program.step, (x, y)),
        "copied": (step_with(lesson.linear, lesson, config), (x, y)),
        "transposed": (step_with(transposed, lesson, config), (x, y)),
        "features": (step_with(features_first, lesson, config), (x.T, y.T)),
    }
    calls, losses = {}, {}
    for name, (step, data) in ways.items():
        calls[name] = partial(jax.jit(partial(many, step)), state, jax.device_put(data))
        losses[name] = np.asarray(calls[name]())
        np.testing.assert_allclose(losses[name], losses["lesson"], rtol=1e-5)
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(TURNS):
        for name, call in calls.items():
            start = time.perf_counter()
            jax.block_until_ready(call())
            seconds[name].append((time.perf_counter() - start) / STEPS)
    for name, taken in seconds.items():
        found = spread(taken)
        print(f"{name:10} {' '.join(f'{1e6 * found[k]:.1f}' for k in ('q1', 'median', 'q3'))} µs")


if __name__ == "__main__":
    main()
