"""The leaves of a pytree by name, and back: `{"conv1": {"bias": b}}` is `{"conv1.bias": b}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def leaves_by_name(tree: Any, separator: str = ".") -> dict[str, Any]:
    """The leaves of a pytree, in its order, under the path of each; a bare leaf is named "".

    >>> leaves_by_name({"layers": [1, 2], "bias": 3})
    {'bias': 3, 'layers.0': 1, 'layers.1': 2}
    """
    from jax.tree_util import keystr, tree_flatten_with_path

    leaves, _ = tree_flatten_with_path(tree)
    return {keystr(path, simple=True, separator=separator): leaf for path, leaf in leaves}


def nested(leaves: Mapping[str, Any], separator: str) -> dict[str, Any]:
    """The leaves as nested dictionaries: lists and tuples come back as dictionaries, too.

    >>> nested({"conv1/bias": 1, "conv1/kernel": 2}, "/")
    {'conv1': {'bias': 1, 'kernel': 2}}
    """
    tree: dict[str, Any] = {}
    for name, leaf in leaves.items():
        *path, last = name.split(separator)
        node = tree
        for key in path:
            node = node.setdefault(key, {})
        node[last] = leaf
    return tree
