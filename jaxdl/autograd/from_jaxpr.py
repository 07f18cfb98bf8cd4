"""What JAX does in one evaluation of a loss and of its gradient, in the common form."""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import flax
import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx
from jax.tree_util import keystr, tree_flatten_with_path

from jaxdl.autograd._jax_assembly import Nodes, build, known
from jaxdl.autograd._jax_flat import CHECKPOINTS, evaluate, flat, read
from jaxdl.autograd._jax_gradient import differentiable, gradient
from jaxdl.autograd._jax_opened import open_node
from jaxdl.autograd.graph import Graph
from jaxdl.errors import InputError


def from_jax(
    loss: Callable[[Any, Any], Any],
    params: Any,
    batch: Any,
    *,
    opened: bool | Collection[str] = False,
) -> Graph:
    """What JAX does when it computes `loss(params, batch)` and its gradient by `params`.

    The loss is traced once, and its gradient once, by JAX's own `jax.vjp`; the program of the
    gradient is then evaluated once, operation by operation. In it stand the values of the forward
    pass, the gradient of each and what each operation adds to it.

    A node of the forward pass is one value and the equation that made it. A nested `jit` is opened.
    `scan`, `while`, `cond`, `jax.checkpoint` and functions with a derivative of their own are one
    node; opened, they are the parent of what happens inside, turn by turn. An equation with several
    results of which more than one is used is a node without a value, and a "getitem" for each
    result. A number that stands in the program is a constant. The gradient of a parameter is what
    `jax.grad` gives, zeros where the loss does not depend on it, and None where it is of integers;
    that of any other value is None where no gradient goes this way.

    The other equations of the gradient's program are nodes of the phase "backward": those of the
    way back, and what the way there computes for it. Each is placed at the line of the forward
    operation that it belongs to.

    Args:
        loss: takes params and a batch; a number, or an array of one element.
        params: any pytree of arrays; a Flax NNX net by `nnx.split`.
        batch: any pytree of arrays.
        opened: True, or the primitives whose inside is shown: {"scan", "remat2"}.

    Raises:
        InputError: what `loss` gives is no loss, or a leaf is no array. What the program itself
            raises comes through.
    """
    with _uncollected():
        return _read(loss, params, batch, opened)


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without Python's collector, which would look through a growing trace again and again."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _read(
    loss: Callable[[Any, Any], Any], params: Any, batch: Any, opened: bool | Collection[str]
) -> Graph:
    called, named, given, asked = loss_of_leaves(loss, params, batch)
    closed, shape = jax.make_jaxpr(called, return_shape=True)(*given)
    program = flat(closed)
    checkpoints = opened is True or bool(opened and not set(CHECKPOINTS).isdisjoint(opened))
    found = gradient(program, given, asked, [0], checkpoints)
    values = evaluate(found.program, [*given, np.ones(shape.shape, shape.dtype)])
    forward = known(program, found, values)
    for i in asked:
        forward.gradients[program.inputs[i]] = read(values, found.arguments[i])

    nodes = Nodes()
    for (kind, name), number in zip(named, program.inputs, strict=True):
        forward.nodes[number] = nodes.add(kind, name=name, **forward.result(number))
    back, again = build(nodes, forward, found, values, partial(open_node, nodes, opened))
    output = program.outputs[0]
    output = forward.nodes[output] if isinstance(output, int) else ""
    versions = {"jax": jax.__version__, "flax": flax.__version__}
    return Graph("jax", tuple(nodes.by_id.values()), output, back, versions, again)


def named_leaves(tree: Any) -> dict[str, Any]:
    """A pytree's leaves by the names that its nodes have in a graph."""
    names, leaves, _ = _leaves(tree, "params")
    return dict(zip(names, leaves, strict=True))


def loss_of_leaves(loss: Callable[[Any, Any], Any], params: Any, batch: Any) -> tuple[Any, ...]:
    """The loss as a function of all leaves, what they are, the leaves, and which are asked.

    Returns:
        The function; (kind, name) of each leaf, the parameters first; the leaves; the places of
        those by which to differentiate.

    Raises:
        InputError: the loss is none, a leaf is no array, or there is nothing to differentiate by.
    """
    names, leaves, tree = _leaves(params, "params")
    inputs, columns, form = _leaves(batch, "batch")
    asked = [i for i, leaf in enumerate(leaves) if differentiable(leaf)]
    if not asked:
        raise InputError(
            "params hold no floating-point array; there is nothing to differentiate by"
        )

    def called(*given: Any) -> Any:
        first, last = given[: len(leaves)], given[len(leaves) :]
        result = loss(jax.tree.unflatten(tree, first), jax.tree.unflatten(form, last))
        _check(result)
        return result

    named = [("parameter", name) for name in names] + [("input", name) for name in inputs]
    return called, named, [*leaves, *columns], asked


def _leaves(tree: Any, role: str) -> tuple[list[str], list[Any], Any]:
    """The names of a pytree's leaves, the leaves as arrays, and its form.

    An `nnx.Variable` is named as it stands in its module, without a name for what it holds.
    """
    variables, _ = tree_flatten_with_path(tree, is_leaf=lambda x: isinstance(x, nnx.Variable))
    names, leaves = [], []
    for path, variable in variables:
        inside = jax.tree.leaves(variable)
        name = keystr(path, simple=True, separator=".")
        for i, leaf in enumerate(inside):
            names.append(name if len(inside) == 1 else f"{name}.{i}")
            leaves.append(_array(leaf, f"{role}.{name}".rstrip(".")))
    return names, leaves, jax.tree.structure(tree)


def _array(leaf: Any, name: str) -> Any:
    try:
        aval = jax.typeof(leaf)
    except TypeError:
        raise InputError(
            f"{name} is a {type(leaf).__name__}, not an array; close over it instead"
        ) from None
    if name.startswith("params") and jnp.issubdtype(aval.dtype, jnp.complexfloating):
        raise InputError(f"{name} is complex; jax.grad takes real parameters: give both parts")
    return leaf


def _check(result: Any) -> None:
    try:
        aval = jax.typeof(result)
    except TypeError:
        raise InputError(
            f"the loss gives a {type(result).__name__}, not an array; return the loss itself"
        ) from None
    if aval.size != 1:
        raise InputError(
            f"the loss has shape {aval.shape}, and must be of one element; take its mean or its sum"
        )
    if not jnp.issubdtype(aval.dtype, jnp.floating):
        raise InputError(f"the loss is of {aval.dtype}, and must be a real floating-point number")
