"""Arrays in dictionaries, lists and tuples, as functions of either framework take and give them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

Path = tuple[Any, ...]


def leaves(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """What a tree holds, each with its keys; a dictionary's in sorted order, None left out."""
    if isinstance(tree, Mapping):
        for key in sorted(tree, key=str):
            yield from leaves(tree[key], (*path, key))
    elif isinstance(tree, list | tuple):
        for key, part in enumerate(tree):
            yield from leaves(part, (*path, key))
    elif tree is not None:
        yield path, tree


def with_leaves(tree: Any, new: Mapping[Path, Any], path: Path = ()) -> Any:
    """The tree with other leaves where there are new ones, by their keys."""
    if isinstance(tree, Mapping):
        return {key: with_leaves(part, new, (*path, key)) for key, part in tree.items()}
    if isinstance(tree, list | tuple):
        parts = [with_leaves(part, new, (*path, key)) for key, part in enumerate(tree)]
        if hasattr(tree, "_fields"):
            return type(tree)(*parts)
        return type(tree)(parts)
    return new.get(path, tree)


def named(path: Path) -> str:
    """("weights", 0) as "weights.0"."""
    return ".".join(map(str, path))
