"""Derivatives as JAX takes them: one transformation of a function each, compiled."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cache
from operator import itemgetter
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl.bench.derivatives.net import EVERY, Net, Way


def ways(net: Net) -> dict[str, Way]:
    """Each derivative of the net's loss.

    Parameters and batch are arguments of what is compiled: what a function only closes over is a
    constant, and XLA would compute all that follows from it while it compiles.
    """
    x, y = net.batch

    def loss(params: Any, x: Any, y: Any) -> Any:
        return net.loss(params, (x, y))

    def one(params: Any, x: Any, y: Any) -> Any:
        return net.loss(params, (x[None], y[None]))

    def output(inner: Any, params: Any, x: Any) -> Any:
        return net.apply(net.rebuild(params, inner), x).ravel()

    def inner_loss(inner: Any, params: Any, x: Any, y: Any) -> Any:
        return net.loss(net.rebuild(params, inner), (x, y))

    def along(function: Any) -> Any:  # the derivative of function(p, …) along v
        return lambda p, v, *rest: jax.jvp(lambda p: function(p, *rest), (p,), (v,))[1]

    def norm(params: Any, x: Any, y: Any) -> Any:
        return sum(jnp.sum(g**2) for g in jax.tree.leaves(jax.grad(loss)(params, x, y)))

    def custom_loss(params: Any, x: Any) -> Any:
        return jnp.sum(softplus(net.apply(params, x)))

    def rows(tree: Any) -> np.ndarray:  # (n, parameters)
        return np.stack([_flat(net, jax.tree.map(itemgetter(i), tree)) for i in range(len(x))])

    def flat(tree: Any) -> np.ndarray:
        return _flat(net, tree)

    whole, inner = (net.params, x, y), (net.inner, net.params, x, y)
    directed = (net.params, net.direction, x, y)
    inner_directed = (net.inner, np.cos(np.arange(net.parameters)), net.params, x, y)
    return {
        "per-example": _way(jax.vmap(jax.grad(one), (None, 0, 0)), whole, rows),
        "jacobian-reverse": _way(jax.jacrev(output), inner[:3], np.asarray),
        "jacobian-forward": _way(jax.jacfwd(output), inner[:3], np.asarray),
        "hvp": _way(along(jax.grad(loss)), directed, flat),
        "hvp-inner": _way(along(jax.grad(inner_loss)), inner_directed, np.asarray),
        "hessian": _way(jax.hessian(inner_loss), inner, np.asarray),
        "penalty": _way(jax.grad(norm), whole, flat),
        "directional": _way(along(loss), directed, np.asarray),
        "custom": _way(jax.grad(custom_loss), whole[:2], flat),
    }


@jax.custom_vjp
def softplus(z: Any) -> Any:
    """log(1 + exp(z)), whose derivative σ(z) is told, so that it does not overflow."""
    return jnp.logaddexp(z, 0)


softplus.defvjp(lambda z: (softplus(z), z), lambda z, g: (g * jax.nn.sigmoid(z),))


def fixed_point(weights: np.ndarray, bias: np.ndarray) -> Way:
    """dΣz/dW for z = tanh(Wz + b); W (n, n) of a norm below 1, b (n,)."""

    def solve(w: Any, b: Any) -> Any:
        def residual(z: Any) -> Any:
            return jnp.tanh(w @ z + b) - z

        def search(f: Any, z: Any) -> Any:
            return jax.lax.fori_loop(0, 200, lambda _, z: z + f(z), z)

        def linear(f: Any, y: Any) -> Any:
            return jnp.linalg.solve(jax.jacobian(f)(y), y)

        return jax.lax.custom_root(residual, jnp.zeros_like(b), search, linear)

    return _way(jax.grad(lambda w, b: jnp.sum(solve(w, b))), (weights, bias), np.asarray)


def truncated(weights: np.ndarray, inputs: np.ndarray, every: int = EVERY) -> Way:
    """dl/dW for h ← tanh(Wh + x), l = Σ|h|²; W (n, n), x (steps, n), cut off every few steps."""

    def loss(w: Any, h: Any, xs: Any) -> Any:
        def step(h: Any, x: Any) -> Any:
            h = jnp.tanh(w @ h + x)
            return h, jnp.sum(h**2)

        h, values = jax.lax.scan(step, h, xs)
        return jnp.sum(values), h

    def gradient(w: Any, inputs: Any) -> Any:
        def piece(carry: Any, xs: Any) -> Any:  # its residuals are let go of at its end
            h, total = carry
            slope, h = jax.grad(loss, has_aux=True)(w, h, xs)
            return (h, total + slope), None

        start = (jnp.zeros_like(inputs[0]), jnp.zeros_like(w))
        pieces = inputs.reshape(-1, every, inputs.shape[1])
        return jax.lax.scan(piece, start, pieces)[0][1]

    return _way(gradient, (weights, inputs), np.asarray)


def _way(function: Callable[..., Any], given: Any, told: Callable[[Any], np.ndarray]) -> Way:
    jitted = jax.jit(function)
    given = jax.tree.map(jnp.asarray, given)

    @cache
    def program() -> tuple[Any, dict[str, float]]:
        began = time.perf_counter()
        lowered = jitted.lower(*given)
        traced = time.perf_counter()
        compiled = lowered.compile()  # the calls below use it, too
        ended = time.perf_counter()
        return compiled, {"trace_s": traced - began, "compile_s": ended - traced}

    def memory() -> int | None:
        facts = program()[0].memory_analysis()
        return facts and facts.temp_size_in_bytes + facts.output_size_in_bytes

    return Way(
        run=lambda: jax.block_until_ready(jitted(*given)),
        told=told,
        prepare=lambda: program()[1],
        memory=memory,
    )


def _flat(net: Net, tree: Any) -> np.ndarray:
    return np.concatenate([*_ravelled(net.to_torch(tree))])


def _ravelled(tensors: dict[str, Any]) -> Iterator[np.ndarray]:
    return (np.ravel(tensors[name]) for name in sorted(tensors))
