"""Functional programs that go wrong, each beside the program that is right.

Each function runs its program and gives what was measured: what it is called -> a number, or the
first line of the exception. The sources are shown as they stand here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp

Measured = dict[str, Any]


def refused(error: Exception) -> str:
    """An exception's kind and its first line."""
    return f"{type(error).__name__}: {str(error).strip().splitlines()[0]}"


def side_effect_once() -> Measured:
    calls = []

    @jax.jit
    def square(x):
        calls.append(x)  # runs while the function is traced, not when it is called
        return x * x

    for x in (1.0, 2.0, 3.0):
        square(x)
    return {"calls": 3, "written down": len(calls)}


def effect_returned() -> Measured:
    @jax.jit
    def square(x, calls):
        return x * x, calls + 1  # what is to remain is returned

    calls = 0
    for x in (1.0, 2.0, 3.0):
        _, calls = square(x, calls)
    return {"calls": 3, "written down": int(calls)}


def key_used_twice() -> Measured:
    key = jax.random.key(0)
    noise, mask = jax.random.normal(key, (1000,)), jax.random.normal(key, (1000,))
    return {"correlation": round(float(jnp.corrcoef(noise, mask)[0, 1]), 6)}


def key_split() -> Measured:
    first, second = jax.random.split(jax.random.key(0))
    noise, mask = jax.random.normal(first, (1000,)), jax.random.normal(second, (1000,))
    return {"correlation": round(float(jnp.corrcoef(noise, mask)[0, 1]), 6)}


def _momentum(velocity, gradient):
    velocity = 0.5 * velocity + gradient
    return velocity, -0.1 * velocity


def state_dropped() -> Measured:
    w, velocity = jnp.float32(1.0), jnp.float32(0.0)
    for _ in range(3):
        _, update = _momentum(velocity, 1.0)  # the new velocity goes nowhere
        w = w + update
    return {"w after three steps of gradient 1": float(w), "velocity": float(velocity)}


def state_carried() -> Measured:
    w, velocity = jnp.float32(1.0), jnp.float32(0.0)
    for _ in range(3):
        velocity, update = _momentum(velocity, 1.0)
        w = w + update
    return {"w after three steps of gradient 1": float(w), "velocity": float(velocity)}


def tracer_leaked() -> Measured:
    kept = []

    @jax.jit
    def loss(w):
        hidden = jnp.tanh(w)
        kept.append(hidden)  # a stand-in for a value, not a value
        return hidden**2

    loss(1.0)
    try:
        return {"hidden": float(kept[0] + 1)}
    except jax.errors.UnexpectedTracerError as error:
        return {"hidden": refused(error)}


def hidden_returned() -> Measured:
    @jax.jit
    def loss(w):
        hidden = jnp.tanh(w)
        return hidden**2, hidden

    _, hidden = loss(1.0)
    return {"hidden": float(hidden)}


def stale_closure() -> Measured:
    scale = 2.0

    @jax.jit
    def scaled(x):
        return x * scale  # read once, while the function is traced: a constant of the program

    first = float(scaled(1.0))
    scale = 3.0
    return {"at scale 2": first, "at scale 3": float(scaled(1.0))}


def scale_passed() -> Measured:
    @jax.jit
    def scaled(x, scale):
        return x * scale

    return {"at scale 2": float(scaled(1.0, 2.0)), "at scale 3": float(scaled(1.0, 3.0))}


def _programs(calls: Callable[[Any], None], **options: Any) -> int:
    """How often a function was traced while `calls` called it."""
    traced = []

    def scaled(x, factor):
        traced.append(1)
        return x * factor

    calls(jax.jit(scaled, **options))
    return len(traced)


def recompiled() -> Measured:
    ones = jnp.ones(8)

    def weak(f):  # 1.0 is a weakly typed float32, jnp.float32(1.0) a float32
        for factor in (1.0, jnp.float32(1.0)):
            f(ones, factor)

    def static(f):  # a static argument is part of the program
        for epoch in range(4):
            f(ones, 0.1 / (epoch + 1))

    def shapes(f):  # so is a shape
        for length in range(5, 9):
            f(ones[:length], 1.0)

    return {
        "programs for two kinds of 1.0": _programs(weak),
        "programs for four static learning rates": _programs(static, static_argnums=1),
        "programs for four lengths": _programs(shapes),
    }


def compiled_once() -> Measured:
    ones = jnp.ones(8)

    def strong(f):
        for factor in (jnp.float32(1.0), jnp.float32(1.0)):
            f(ones, factor)

    def traced(f):
        for epoch in range(4):
            f(ones, 0.1 / (epoch + 1))

    def padded(f):
        for length in range(5, 9):
            f(jnp.where(jnp.arange(8) < length, ones, 0.0), 1.0)

    return {
        "programs for two kinds of 1.0": _programs(strong),
        "programs for four static learning rates": _programs(traced),
        "programs for four lengths": _programs(padded),
    }


def donated_read() -> Measured:
    step = jax.jit(lambda w: w - 0.1, donate_argnums=0)
    w = jnp.ones(1000)
    step(w)  # its memory now holds the result
    try:
        return {"w": float(w[0])}
    except (RuntimeError, ValueError) as error:
        return {"w": refused(error)}


def donated_replaced() -> Measured:
    step = jax.jit(lambda w: w - 0.1, donate_argnums=0)
    w = jnp.ones(1000)
    w = step(w)
    return {"w": float(w[0])}


def nan_behind_where() -> Measured:
    def root(x):
        return jnp.where(x > 0, jnp.sqrt(x), 0.0)  # 0 · ∞ of the branch not taken is NaN

    return {"value": float(root(0.0)), "gradient": float(jax.grad(root)(0.0))}


def where_within() -> Measured:
    def root(x):
        safe = jnp.where(x > 0, x, 1.0)  # the branch not taken sees a harmless number
        return jnp.where(x > 0, jnp.sqrt(safe), 0.0)

    return {"value": float(root(0.0)), "gradient": float(jax.grad(root)(0.0))}


def stop_lost() -> Measured:
    def loss(w):  # a value that learns from the next: r + w · 2 is to be a fixed target
        target = 1.0 + w * 2.0
        jax.lax.stop_gradient(target)  # gives a new value, and changes nothing
        return (w * 3.0 - target) ** 2

    return {"gradient": float(jax.grad(loss)(2.0))}


def stop_kept() -> Measured:
    def loss(w):
        target = jax.lax.stop_gradient(1.0 + w * 2.0)
        return (w * 3.0 - target) ** 2

    return {"gradient": float(jax.grad(loss)(2.0))}


def integer_input() -> Measured:
    try:
        return {"gradient": float(jax.grad(lambda w: w**2)(3))}
    except TypeError as error:
        return {"gradient": refused(error)}


def float_input() -> Measured:
    return {"gradient": float(jax.grad(lambda w: w**2)(3.0))}
