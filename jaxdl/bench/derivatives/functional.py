"""Derivatives as JAX takes them: one transformation of a function each, compiled."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxdl.bench.derivatives.net import Net, Way


def ways(net: Net) -> dict[str, Way]:
    """Each derivative of the net's loss."""

    def gradient(params: Any) -> Any:
        return jax.grad(net.loss)(params, net.batch)

    def one(params: Any, x: Any, y: Any) -> Any:
        return net.loss(params, (x[None], y[None]))

    def output(inner: Any) -> Any:
        return net.apply(net.rebuild(inner), net.batch[0]).ravel()

    def inner_loss(inner: Any) -> Any:
        return net.loss(net.rebuild(inner), net.batch)

    def norm(params: Any) -> Any:
        return sum(jnp.sum(g**2) for g in jax.tree.leaves(gradient(params)))

    def custom_loss(params: Any) -> Any:
        return jnp.sum(softplus(net.apply(params, net.batch[0])))

    def rows(tree: Any) -> np.ndarray:  # (n, parameters)
        return np.stack([_flat(net, row) for row in map(partial(_row, tree), range(net.size))])

    def flat(tree: Any) -> np.ndarray:
        return _flat(net, tree)

    x, y = net.batch
    given, along = (net.params,), (net.direction,)
    return {
        "per-example": _way(jax.vmap(jax.grad(one), (None, 0, 0)), (net.params, x, y), rows),
        "jacobian-reverse": _way(jax.jacrev(output), (net.inner,), np.asarray),
        "jacobian-forward": _way(jax.jacfwd(output), (net.inner,), np.asarray),
        "hvp": _way(lambda p, v: jax.jvp(gradient, (p,), (v,))[1], given + along, flat),
        "hessian": _way(jax.hessian(inner_loss), (net.inner,), np.asarray),
        "penalty": _way(jax.grad(norm), given, flat),
        "directional": _way(
            lambda p, v: jax.jvp(lambda p: net.loss(p, net.batch), (p,), (v,))[1],
            given + along,
            np.asarray,
        ),
        "custom": _way(jax.grad(custom_loss), given, flat),
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

    return _way(jax.grad(lambda w: jnp.sum(solve(w, bias))), (weights,), np.asarray)


def truncated(weights: np.ndarray, inputs: np.ndarray, every: int = 8) -> Way:
    """dl/dW for h ← tanh(Wh + x), l = Σ|h|²; W (n, n), x (steps, n), cut off every few steps."""

    def loss(w: Any) -> Any:
        def piece(h: Any, xs: Any) -> Any:
            def step(h: Any, x: Any) -> Any:
                h = jnp.tanh(w @ h + x)
                return h, jnp.sum(h**2)

            return jax.lax.scan(step, jax.lax.stop_gradient(h), xs)

        pieces = inputs.reshape(-1, every, inputs.shape[1])
        return jnp.sum(jax.lax.scan(piece, jnp.zeros_like(inputs[0]), pieces)[1])

    return _way(jax.grad(loss), (weights,), np.asarray)


def _way(function: Callable[..., Any], given: Any, told: Callable[[Any], np.ndarray]) -> Way:
    compiled = jax.jit(function)
    given = jax.tree.map(jnp.asarray, given)
    return Way(lambda: jax.block_until_ready(compiled(*given)), told)


def _row(tree: Any, i: int) -> Any:
    return jax.tree.map(lambda leaf: leaf[i], tree)


def _flat(net: Net, tree: Any) -> np.ndarray:
    return np.concatenate([*_ravelled(net.to_torch(tree))])


def _ravelled(tensors: dict[str, Any]) -> Iterator[np.ndarray]:
    return (np.ravel(tensors[name]) for name in sorted(tensors))
