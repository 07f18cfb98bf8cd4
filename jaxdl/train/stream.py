"""Examples that do not fit the device: Grain reads them, batch by batch, while the step runs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import jax
import numpy as np
from jaxtyping import Int

from jaxdl._optional import need
from jaxdl.errors import InputError


class ExampleSource(Protocol):
    """Examples that can be read one by one: an ArrayRecord, TFDS's `as_data_source`, `Rows`."""

    def __len__(self) -> int:
        """How many there are."""
        ...

    def __getitem__(self, index: int, /) -> Any:
        """One of them: a pytree of NumPy arrays and numbers, all of the same shapes."""
        ...


def rows(data: Any) -> int:
    """How many rows the arrays of a pytree have.

    Raises:
        InputError: not all the same number, none, or there is no array.
    """
    found = {len(leaf) if np.ndim(leaf) else 0 for leaf in jax.tree.leaves(data)}
    if len(found) > 1:
        told = " and ".join(map(str, sorted(found)))
        raise InputError(f"the arrays have {told} rows; each needs a row for every example")
    if found <= {0}:
        raise InputError("there are no examples: arrays with a row for each are needed")
    return found.pop()


class Rows:
    """A source of the rows of arrays, such as those of files (`numpy.load(path, mmap_mode="r")`).

    Args:
        arrays: pytree of NumPy arrays (n, ...).

    Raises:
        InputError: they have not the same number of rows, or there are none.
    """

    def __init__(self, arrays: Any) -> None:
        rows(arrays)
        self.arrays = arrays

    def __len__(self) -> int:
        return len(jax.tree.leaves(self.arrays)[0])

    def __getitem__(self, index: int) -> Any:
        return jax.tree.map(lambda array: array[index], self.arrays)


class Stream:
    """Data for `fit` that stay where they are.

    `fit` visits the examples in the order in which it would visit arrays, so the losses are the
    same, and a run that is stopped goes on at the example where it stopped.

    Args:
        source: the examples.
        workers: processes that read them; 0: a thread of this one. A process pays where reading an
            example is work (decoding a picture), not where it is copied.
        ahead: batches that are ready before they are asked for.

    Raises:
        InputError: Grain is not installed.
    """

    def __init__(self, source: ExampleSource, *, workers: int = 0, ahead: int = 8) -> None:
        need("grain", "a Stream")
        self.source, self.workers, self.ahead = source, workers, ahead

    def __len__(self) -> int:
        return len(self.source)

    def shapes(self, batch_size: int) -> Any:
        """Of a batch: pytree of `jax.ShapeDtypeStruct`. Reads the first example."""
        example = jax.tree.map(np.asarray, self.source[0])
        return jax.tree.map(
            lambda a: jax.ShapeDtypeStruct(
                (batch_size, *a.shape), jax.dtypes.canonicalize_dtype(a.dtype)
            ),
            example,
        )

    def batches(self, order: Int[np.ndarray, " n"], batch_size: int) -> Iterator[Any]:
        """The examples of these indices, in this order, in batches; the last may be smaller."""
        import grain

        read = grain.ReadOptions(num_threads=1, prefetch_buffer_size=self.ahead)
        dataset = grain.MapDataset.source(_Ordered(self.source, order)).batch(batch_size)
        batches = dataset.to_iter_dataset(read)
        if self.workers:
            from absl import flags

            if not flags.FLAGS.is_parsed():  # Grain asks for one of its own
                flags.FLAGS.mark_as_parsed()
            processes = grain.MultiprocessingOptions(self.workers, self.ahead)
            batches = batches.mp_prefetch(processes)
        reading = iter(batches)
        try:
            for batch in reading:  # a process's arrays are in memory that goes with the process
                yield jax.tree.map(np.array, batch) if self.workers else batch
        finally:
            reading.close()  # pyright: ignore[reportAttributeAccessIssue]


class _Ordered:
    """A source in another order."""

    def __init__(self, source: ExampleSource, order: Int[np.ndarray, " n"]) -> None:
        self.source, self.order = source, order

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, index: int) -> Any:
        return self.source[int(self.order[index])]
