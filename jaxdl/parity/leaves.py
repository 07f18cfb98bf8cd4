"""The leaves of whatever holds a JAX model's numbers, by name, and back.

A pytree of dictionaries, lists and tuples; a `flax.nnx.State`; a `flax.nnx.Module` itself; Linen's
variables; an Equinox module. Keys of random numbers and what is no array (a function, a name) are
no leaves here: they stay as they are.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Leaves = dict[str, Any]


def named_leaves(tree: Any, collections: Iterable[str] = ()) -> Leaves:
    """The arrays of a model under their dotted names: "encoder.layers.0.kernel".

    Args:
        tree: arrays, NumPy's or JAX's, or `jax.ShapeDtypeStruct`s, in any of the forms above.
        collections: first keys that are left out of the names: Linen's ("params", "batch_stats").

    Raises:
        ValueError: two leaves of different collections have one name.
    """
    return _taken_apart(tree, tuple(collections))[0]


def with_leaves(tree: Any, leaves: Mapping[str, Any], collections: Iterable[str] = ()) -> Any:
    """The tree with other arrays: an `nnx.Module` as a new one, that of the argument untouched.

    Args:
        tree: as above.
        leaves: by the names that `named_leaves` gives, all of them.
        collections: as above.
    """
    return _taken_apart(tree, tuple(collections))[1](leaves)


def _taken_apart(
    tree: Any, collections: tuple[str, ...]
) -> tuple[Leaves, Callable[[Mapping[str, Any]], Any]]:
    """Name -> leaf, and what puts others in their places."""
    from jax.tree_util import tree_flatten_with_path, tree_leaves, tree_structure, tree_unflatten

    if is_module(tree):
        from flax import nnx

        graphdef, state = nnx.split(tree)
        leaves, with_others = _taken_apart(state, collections)
        return leaves, lambda new: nnx.merge(graphdef, with_others(new), copy=True)

    paths, structure = tree_flatten_with_path(tree, is_leaf=_is_variable)
    held = [(_name(path, leaf, collections), leaf) for path, leaf in paths]
    leaves: Leaves = {}
    for name, leaf in held:
        if name in leaves:
            raise ValueError(f"two leaves of different collections are called {name!r}")
        if name is not None:
            leaves[name] = tree_leaves(leaf)[0]

    def rebuilt(new: Mapping[str, Any]) -> Any:
        return tree_unflatten(
            structure,
            [
                old if name is None else tree_unflatten(tree_structure(old), [new[name]])
                for name, old in held
            ],
        )

    return leaves, rebuilt


def _name(path: tuple[Any, ...], leaf: Any, collections: tuple[str, ...]) -> str | None:
    """A leaf's name; None: it is no number of the model's."""
    import jax.numpy as jnp
    from jax.dtypes import prng_key
    from jax.tree_util import keystr, tree_leaves

    if _is_variable(leaf) and isinstance(leaf, _nnx().RngState):
        return None
    (value,) = tree_leaves(leaf)
    dtype = getattr(value, "dtype", None)
    if dtype is None and not isinstance(value, bool | int | float | complex):
        return None
    if dtype is not None and jnp.issubdtype(dtype, prng_key):
        return None
    keys = [keystr((key,), simple=True) for key in path]
    return ".".join(keys[1:] if keys and keys[0] in collections else keys)


def _nnx() -> Any:
    """Flax's NNX, where somebody imported it: nobody has one of its objects who did not."""
    return sys.modules.get("flax.nnx")


def is_module(tree: Any) -> bool:
    """It is a `flax.nnx.Module`."""
    return _nnx() is not None and isinstance(tree, _nnx().Module)


def _is_variable(leaf: Any) -> bool:
    return _nnx() is not None and isinstance(leaf, _nnx().Variable)
