"""A function whose gradient has an algorithm of its own and that stays differentiable in every way.

`jax.custom_vjp` gives a function a gradient of its own and takes forward mode from it, and with it
`jax.hessian`. Here everything but the first reverse pass is the derivative of the plain function.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Protocol

import jax
import jax.numpy as jnp

# Where JAX's guide to primitives of one's own takes them and registers their rules.
from jax.extend.core import Primitive
from jax.interpreters import ad, batching, mlir


class Algorithm(Protocol):
    """One function, three times; hashable, since compiled programs are kept by it.

    `x` is a pytree of floating-point arrays to differentiate by, `data` one of other arrays.
    """

    def plain(self, x: Any, data: Any, /) -> Any:
        """The function in operations that JAX differentiates."""
        ...

    def forward(self, x: Any, data: Any, /) -> tuple[Any, Any]:
        """The same up to rounding, and what `backward` wants to know: floating-point arrays."""
        ...

    def backward(self, x: Any, data: Any, saved: Any, cotangent: Any, /) -> Any:
        """The gradient by x, from the gradient by the function's value."""
        ...


def run(algorithm: Algorithm, x: Any, data: Any) -> Any:
    """The function's value; its gradient is `backward`'s."""
    value, _ = _forward(algorithm, x, data)
    return value


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def _forward(algorithm: Algorithm, x: Any, data: Any) -> tuple[Any, Any]:
    return algorithm.forward(x, data)


@_forward.defjvp
def _forward_jvp(algorithm: Algorithm, primals: Any, tangents: Any) -> Any:
    x, data = primals
    value, saved = _forward(algorithm, x, data)
    leaves, tree = jax.tree.flatten((x, data, saved, tangents[0]))
    moved = _tangent.bind(*leaves, algorithm=algorithm, tree=tree)
    moved = jax.tree.unflatten(jax.tree.structure(value), moved)
    # What is saved changes nothing that is not a function of x as well: no derivative goes through.
    return (value, saved), (moved, jax.tree.map(jnp.zeros_like, saved))


@partial(jax.custom_jvp, nondiff_argnums=(0,))
def _backward(algorithm: Algorithm, x: Any, data: Any, saved: Any, cotangent: Any) -> Any:
    return algorithm.backward(x, data, saved, cotangent)


@_backward.defjvp
def _backward_jvp(algorithm: Algorithm, primals: Any, tangents: Any) -> Any:
    x, data, _, cotangent = primals

    def plain(x: Any, cotangent: Any) -> Any:
        _, pull = jax.vjp(lambda x: algorithm.plain(x, data), x)
        return pull(cotangent)[0]

    _, moved = jax.jvp(plain, (x, cotangent), (tangents[0], tangents[3]))
    return _backward(algorithm, *primals), moved


# The derivative in a direction, linear in it: (x, data, saved, direction) -> change of the value.
# A primitive, since only a primitive can have a transpose of its own, which is the gradient.
_tangent = Primitive("algorithm_tangent")
_tangent.multiple_results = True


def _change(*leaves: Any, algorithm: Algorithm, tree: Any) -> list[Any]:
    x, data, _, direction = jax.tree.unflatten(tree, leaves)
    _, moved = jax.jvp(lambda x: algorithm.plain(x, data), (x,), (direction,))
    return jax.tree.leaves(moved)


def _shapes(*avals: Any, algorithm: Algorithm, tree: Any) -> list[Any]:
    like = [jax.ShapeDtypeStruct(aval.shape, aval.dtype) for aval in avals]
    return jax.make_jaxpr(partial(_change, algorithm=algorithm, tree=tree))(*like).out_avals


def _change_jvp(primals: Any, tangents: Any, *, algorithm: Algorithm, tree: Any) -> Any:
    x, data, saved, direction = jax.tree.unflatten(tree, primals)
    by_x, _, _, by_direction = jax.tree.unflatten(tree, map(ad.instantiate_zeros, tangents))

    def change(x: Any, direction: Any) -> list[Any]:
        leaves = jax.tree.leaves((x, data, saved, direction))
        return _change(*leaves, algorithm=algorithm, tree=tree)

    _, moved = jax.jvp(change, (x, direction), (by_x, by_direction))
    return _tangent.bind(*primals, algorithm=algorithm, tree=tree), moved


def _change_transpose(cotangents: Any, *leaves: Any, algorithm: Algorithm, tree: Any) -> list[Any]:
    x, data, saved, _ = jax.tree.unflatten(tree, leaves)
    value = jax.eval_shape(algorithm.plain, x, data)
    cotangent = jax.tree.unflatten(jax.tree.structure(value), map(ad.instantiate_zeros, cotangents))
    gradient = jax.tree.leaves(_backward(algorithm, x, data, saved, cotangent))
    first = len(leaves) - len(gradient)  # of the directions, the last leaves
    return [None] * first + [
        slope if ad.is_undefined_primal(leaf) else None
        for slope, leaf in zip(gradient, leaves[first:], strict=True)
    ]


def _change_batched(leaves: Any, axes: Any, *, algorithm: Algorithm, tree: Any) -> Any:
    change = partial(_change, algorithm=algorithm, tree=tree)
    moved = jax.vmap(change, in_axes=axes)(*leaves)
    return moved, [0] * len(moved)


_tangent.def_impl(_change)
_tangent.def_abstract_eval(_shapes)
mlir.register_lowering(_tangent, mlir.lower_fun(_change, multiple_results=True))
ad.primitive_jvps[_tangent] = _change_jvp
ad.primitive_transposes[_tangent] = _change_transpose
batching.primitive_batchers[_tangent] = _change_batched
