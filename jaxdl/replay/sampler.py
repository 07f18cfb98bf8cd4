"""The order in which `torch.utils.data.DataLoader` visits its samples."""

import numpy as np
from jaxtyping import Int64

from jaxdl.replay.generator import Generator
from jaxdl.replay.sizes import size_of


def dataloader_epoch(generator: Generator, n: int, shuffle: bool = True) -> Int64[np.ndarray, " n"]:
    """One epoch's order over `n` samples, drawn as `iter(DataLoader(dataset, shuffle=shuffle))`.

    `generator` stands for PyTorch's default generator. Each epoch takes from it a base seed for
    workers, shuffling or not, and then, shuffling, the seed of a generator made for `randperm`.
    ValueError where `n` is negative, or 0 and `shuffle` is true, as in PyTorch.
    """
    n = size_of(n, "n")
    if shuffle and n == 0:
        raise ValueError("an empty data set cannot be shuffled")
    generator.random63(1)  # every loader's base seed, though only worker processes use it
    if not shuffle:
        return np.arange(n)
    (seed,) = generator.random63(1).tolist()
    return Generator(seed).randperm(n)


def batches(
    order: Int64[np.ndarray, " n"], batch_size: int, drop_last: bool = False
) -> list[Int64[np.ndarray, " batch"]]:
    """Cuts an epoch's order as `BatchSampler` does; `drop_last` leaves out a short last batch."""
    batch_size = size_of(batch_size, "batch_size", least=1)
    stop = len(order) - len(order) % batch_size if drop_last else len(order)
    return [order[start : start + batch_size] for start in range(0, stop, batch_size)]
