"""A function with a gradient algorithm of its own: every order and kind of derivative."""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxdl.ops.derivative import run


class Power(NamedTuple):
    """sin(a) bⁿ, `times` times; `forward` adds it up in a loop that JAX cannot reverse."""

    n: int
    note: Callable = str

    def plain(self, x, times):
        return {"y": jnp.sin(x["a"]) * x["b"] ** self.n * times.astype(x["a"].dtype)}

    def forward(self, x, times):
        once = jnp.sin(x["a"]) * x["b"] ** self.n
        y = jax.lax.fori_loop(0, times, lambda _, y: y + once, jnp.zeros_like(once))
        return {"y": y}, jnp.cos(x["a"])

    def backward(self, x, times, saved, cotangent):
        self.note("backward")
        slope = cotangent["y"] * times.astype(saved.dtype)
        by_b = jnp.sin(x["a"]) * self.n * x["b"] ** (self.n - 1)
        return {"a": slope * saved * x["b"] ** self.n, "b": slope * by_b}


TIMES = 3


def make(dtype="float64"):
    x = {"a": jnp.linspace(0.1, 2, 4, dtype=dtype), "b": jnp.linspace(0.5, 1.5, 4, dtype=dtype)}
    mine = lambda x: jnp.sum(run(Power(3), x, jnp.asarray(TIMES))["y"] ** 2)  # noqa: E731
    plain = lambda x: jnp.sum(Power(3).plain(x, jnp.asarray(TIMES))["y"] ** 2)  # noqa: E731
    return mine, plain, x


def total(tree):
    return sum(map(jnp.sum, jax.tree.leaves(tree)))


def in_a_scan(f):
    """A gradient through a loop whose steps depend on one another."""

    def loss(x):
        grow = lambda x, _: (jax.tree.map(lambda leaf: leaf * 0.9, x), f(x))  # noqa: E731
        return jnp.sum(jax.lax.scan(grow, x, length=3)[1])

    return jax.grad(loss)


DERIVATIVES = {
    "value": lambda f: f,
    "gradient": jax.grad,
    "gradient, compiled": lambda f: jax.jit(jax.grad(f)),
    "by one of two": lambda f: lambda x: jax.grad(lambda a: f({"a": a, "b": x["b"]}))(x["a"]),
    "in a direction": lambda f: lambda x: jax.jvp(f, (x,), (x,)),
    "forward over reverse": jax.hessian,
    "forward over reverse, compiled": lambda f: jax.jit(jax.hessian(f)),
    "reverse over reverse": lambda f: jax.jacrev(jax.grad(f)),
    "forward over forward": lambda f: jax.jacfwd(jax.jacfwd(f)),
    "reverse over forward": lambda f: jax.jacrev(jax.jacfwd(f)),
    "third": lambda f: jax.grad(lambda x: total(jax.grad(lambda x: total(jax.grad(f)(x)))(x))),
    "of a batch": lambda f: jax.grad(lambda x: total(jax.vmap(f)(rows(x)))),
    "in a batch": lambda f: lambda x: jax.vmap(jax.grad(f))(rows(x)),
    "in a scan": in_a_scan,
    "rematerialised": lambda f: jax.grad(jax.checkpoint(f)),
}


def rows(x):
    return jax.tree.map(lambda leaf: jnp.stack([leaf, 2 * leaf]), x)


@pytest.mark.parametrize("name", DERIVATIVES)
def test_every_derivative(name):
    with jax.enable_x64(True):
        mine, plain, x = make()
        found, wanted = (DERIVATIVES[name](f)(x) for f in (mine, plain))
        close = partial(np.testing.assert_allclose, rtol=1e-12, atol=1e-12)
        jax.tree.map(close, found, wanted)


@pytest.mark.parametrize("transform", [jax.grad, lambda f: jax.jit(jax.grad(f)), in_a_scan])
def test_the_gradient_is_the_algorithms_own(transform):
    calls = []
    algorithm = Power(3, calls.append)
    _, _, x = make("float32")
    transform(lambda x: jnp.sum(run(algorithm, x, jnp.asarray(TIMES))["y"]))(x)
    assert calls == ["backward"]
