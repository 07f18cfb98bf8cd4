"""A state that no process has whole, saved by all of them and read by any other number.

Each process writes one file with the pieces that its devices hold, each piece once, under its
leaf's name and the place where it begins. Who reads takes from the files what its own devices need,
however the pieces were cut. On several machines the folder must be one that all of them see.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import jax
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from jaxdl._files import replacing
from jaxdl._tree import leaves_by_name
from jaxdl.errors import InputError

NAME = re.compile(r"process-(\d+)-of-(\d+)\.safetensors")


def save_shards(folder: str | Path, tree: Any) -> None:
    """Write this process's pieces; every process has to call it, with a folder of this step alone.

    Args:
        folder: made where it is missing.
        tree: pytree of `jax.Array`.

    Raises:
        OSError: the disk is full or not writable; what stood there before then still does.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    pieces = {}
    for name, leaf in leaves_by_name(tree).items():
        for shard in leaf.addressable_shards:
            if shard.replica_id == 0:  # of several copies one
                begins = ",".join(str(cut.start or 0) for cut in shard.index)
                pieces[f"{name}@{begins}"] = np.asarray(shard.data)
    file = f"process-{jax.process_index()}-of-{jax.process_count()}.safetensors"
    with replacing(folder / file) as part:
        save_file(pieces, part)


def load_shards(folder: str | Path, like: Any, shardings: Any) -> Any:
    """Read a state, each process what its own devices need.

    Args:
        folder: that `save_shards` wrote.
        like: pytree of anything with shape and dtype.
        shardings: a pytree of the same structure.

    Raises:
        InputError: a file is missing or damaged, a leaf has another shape or dtype there, or a
            number of the state is in none.
    """
    folder = Path(folder)
    with ExitStack() as stack:
        files = [stack.enter_context(_opened(file)) for file in _files(folder)]
        where: dict[str, list[tuple[Any, str]]] = {}
        for file in files:
            for key in file.keys():  # noqa: SIM118 (no dict)
                where.setdefault(key.rpartition("@")[0], []).append((file, key))
        names = iter(leaves_by_name(like))

        def read(leaf: Any, sharding: Any) -> jax.Array:
            name = next(names)
            pieces = where.get(name, [])
            if (shape := _extent(pieces)) not in (None, leaf.shape):
                raise InputError(f"{folder} has {name} of shape {shape}, not {leaf.shape}")
            return jax.make_array_from_callback(
                leaf.shape, sharding, lambda index: _region(folder, name, leaf, index, pieces)
            )

        return jax.tree.map(read, like, shardings)


def _opened(file: Path) -> Any:
    try:
        return safe_open(file, framework="numpy")
    except SafetensorError as error:
        raise InputError(f"{file} is damaged ({error}); go on from another folder") from None


def _files(folder: Path) -> list[Path]:
    found = {path: NAME.fullmatch(path.name) for path in sorted(folder.glob("process-*"))}
    counts = {int(name[2]) for name in found.values() if name}
    if len(counts) != 1 or len(found) != max(counts):
        raise InputError(
            f"{folder} has {len(found)} files of {' and '.join(map(str, counts)) or 'no'} "
            "processes; one of each is needed"
        )
    return list(found)


def _extent(pieces: list[tuple[Any, str]]) -> tuple[int, ...] | None:
    """The shape of the leaf that they are pieces of."""
    ends = [
        tuple(first + size for first, size in zip(_begins(key), sizes, strict=True))
        for file, key in pieces
        for sizes in [file.get_slice(key).get_shape()]
    ]
    return tuple(map(max, zip(*ends, strict=True))) if ends else None


def _begins(key: str) -> list[int]:
    """Where a piece begins, along each axis."""
    return [int(n) for n in key.rpartition("@")[2].split(",") if n]


def _region(
    folder: Path, name: str, leaf: Any, index: Any, pieces: list[tuple[Any, str]]
) -> np.ndarray:
    """That part of a leaf, put together from the pieces that have something of it."""
    bounds = [cut.indices(size)[:2] for cut, size in zip(index, leaf.shape, strict=True)]
    out = np.empty([stop - start for start, stop in bounds], leaf.dtype)
    filled = 0
    for source, target, key, file in _overlaps(bounds, pieces):
        piece = file.get_slice(key)[source] if source else file.get_tensor(key)
        if piece.dtype != leaf.dtype:
            raise InputError(f"{folder} has {name} in {piece.dtype}, not {leaf.dtype}")
        out[target] = piece
        filled += math.prod(cut.stop - cut.start for cut in source)
    if filled != out.size:
        raise InputError(f"{folder} has {filled} of {out.size} numbers of {name} {index}")
    return out


def _overlaps(bounds: list[tuple[int, int]], pieces: list[tuple[Any, str]]) -> Iterator[Any]:
    """What of each piece lies within the bounds: there, here, the piece's name and file."""
    for file, key in pieces:
        sizes = file.get_slice(key).get_shape()
        source, target = [], []
        for (start, stop), first, size in zip(bounds, _begins(key), sizes, strict=True):
            low, high = max(start, first), min(stop, first + size)
            source.append(slice(low - first, high - first))
            target.append(slice(low - start, high - start))
        if all(cut.start < cut.stop for cut in source):
            yield tuple(source), tuple(target), key, file
