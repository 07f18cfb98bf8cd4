"""Lesson 7's step with its arrays in two orders: (n, features) and (features, n).

`python -m benchmarks.layout` prints microseconds a step, many steps in a call, medians and
quartiles of calls that take turns; the losses of all ways must agree.

    lesson       x @ K, as the lesson writes it
    transposed   (K' @ x')', each layer by itself; what XLA makes of it
    features     (features, n) throughout, the data, too
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any

import jax
import numpy as np

from jaxdl.bench.clock import spread
from jaxdl.course import find

STEPS, TURNS = 1000, 25


def transposed(layer: Any, x: jax.Array) -> jax.Array:
    """The lesson's `linear`, (n, in) -> (n, out)."""
    return (layer["kernel"].T @ x.T).T + layer["bias"][None]


def features_first(layer: Any, x: jax.Array) -> jax.Array:
    """(in, n) -> (out, n)."""
    return layer["kernel"].T @ x + layer["bias"][:, None]


def main() -> None:
    """Measure and print."""
    program = find("l07").functional
    config = find("l07").config()
    x, y = program.examples(config)
    params = program.init(jax.random.key(0), x.shape[1])
    ways = {
        "lesson": (program.linear, (x, y)),
        "transposed": (transposed, (x, y)),
        "features": (features_first, (x.T, y.T)),
    }
    calls, losses = {}, {}
    for name, (linear, data) in ways.items():
        setattr(program, "linear", linear)  # noqa: B010, the lesson's own, until the next one
        one = partial(program.step.__wrapped__, learning_rate=config.learning_rate)

        def many(params: Any, batch: Any, one: Any = one) -> Any:
            def body(carry: Any, _: None) -> Any:
                params, state, value = one(*carry, batch)
                return (params, state), value

            state = program.optax.sgd(config.learning_rate).init(params)
            return jax.lax.scan(body, (params, state), None, length=STEPS)[1]

        calls[name] = partial(jax.jit(many), params, jax.device_put(data))
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
