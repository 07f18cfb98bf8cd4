"""What `torch.utils.data` draws: the order of a `DataLoader`, samplers, splits."""

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, Int64

from jaxdl.replay.generator import Generator
from jaxdl.replay.sizes import size_of


def base_seed(generator: Generator) -> int:
    """What `iter(DataLoader(...))` draws before anything else, and whether it shuffles or not.

    Worker process w seeds `random` and `torch` by this number plus w. `generator` is the loader's
    own, or stands for PyTorch's default one where it was given none. With `persistent_workers` only
    the first epoch draws it.
    """
    return int(generator.random63(1)[0])


def dataloader_epoch(
    generator: Generator, n: int, shuffle: bool = True, own: bool = False
) -> Int64[np.ndarray, " n"]:
    """One epoch's order over `n` samples, drawn as `iter(DataLoader(dataset, shuffle=shuffle))`.

    `generator` stands for PyTorch's default generator. Each epoch takes from it a base seed for
    workers, shuffling or not, and then, shuffling, the seed of a generator made for `randperm`.
    With `own` it is the one that `DataLoader(..., generator=...)` was given: base seed and order
    come from it and nothing from the default one. The number of workers changes nothing.
    ValueError where `n` is negative, or 0 and `shuffle` is true, as in PyTorch.
    """
    n = size_of(n, "n")
    if shuffle and n == 0:
        raise ValueError("an empty data set cannot be shuffled")
    base_seed(generator)  # though only worker processes use it
    return random_sampler(generator, n, own=own) if shuffle else np.arange(n)


def random_sampler(
    generator: Generator,
    n: int,
    num_samples: int | None = None,
    replacement: bool = False,
    own: bool = False,
) -> Int64[np.ndarray, " samples"]:
    """All that `RandomSampler` gives over `n` samples; `DataLoader` draws its base seed before.

    Args:
        generator: PyTorch's default one, which gives the seed of another that draws; with `own` the
            one that the sampler was given, which draws itself.
        n: samples there are, from 1 on.
        num_samples: how many to give; None: n.
        replacement: each time any of them.
        own: see `generator`.
    """
    n = size_of(n, "n", least=1)
    count = n if num_samples is None else size_of(num_samples, "num_samples", least=1)
    if not own:
        generator = Generator(int(generator.random63(1)[0]))
    if replacement:
        # PyTorch's chunks of 32 are one run of the stream: every value takes as many words.
        return generator.randint(0, n, (count,))
    # The last permutation is drawn even where nothing of it is given.
    orders = [generator.randperm(n) for _ in range(count // n + 1)]
    return np.concatenate(orders)[:count]


def subset_random_sampler(
    generator: Generator, indices: Int64[np.ndarray, " n"]
) -> Int64[np.ndarray, " n"]:
    """The indices as `SubsetRandomSampler` orders them, by `generator` itself."""
    indices = np.asarray(indices)
    return indices[generator.randperm(len(indices))]


def weighted_random_sampler(
    generator: Generator, weights: Float[np.ndarray, " n"], num_samples: int
) -> Int64[np.ndarray, " samples"]:
    """All that `WeightedRandomSampler(weights, num_samples)` gives, with replacement.

    Drawn by `generator` itself, be it the sampler's own or the default one: a uniform number each,
    looked up in the running sum of the weights (`torch.multinomial`). ValueError unless the weights
    are one row of finite numbers from 0 on, not all 0, and num_samples is at least 2: for one, and
    without replacement, PyTorch goes another way, whose last bits depend on the processor.
    """
    count = size_of(num_samples, "num_samples", least=1)
    weights = np.asarray(weights, np.float64)
    fine = weights.ndim == 1 and np.all(np.isfinite(weights)) and np.all(weights >= 0)
    if not fine or not np.sum(weights) > 0:
        raise ValueError("weights must be one row of finite numbers from 0 on, not all of them 0")
    if count < 2:
        raise ValueError("num_samples must be at least 2: PyTorch draws one in another way")
    running = np.cumsum(weights)
    running /= running[-1]
    return np.searchsorted(running, generator.rand(count, dtype=np.float64)).astype(np.int64)


def random_split(
    generator: Generator, n: int, lengths: Sequence[float]
) -> list[Int64[np.ndarray, " part"]]:
    """The indices of `torch.utils.data.random_split`'s parts, by `generator` itself.

    Args:
        generator: the one given to it, or the default one.
        n: samples there are.
        lengths: of the parts, n in all; or shares, 1 in all: what their rounding down leaves over
            goes to the first parts, one each.

    Raises:
        ValueError: they are neither.
    """
    n = size_of(n, "n")
    total = sum(lengths)
    if math.isclose(total, 1) and total <= 1:
        if not all(0 <= share <= 1 for share in lengths):
            raise ValueError(f"shares must lie in [0, 1], got {list(lengths)}")
        sizes = [math.floor(n * share) for share in lengths]
        for i in range(n - sum(sizes)):
            sizes[i % len(sizes)] += 1
    else:
        sizes = [size_of(size, "a length") for size in lengths]  # pyright: ignore[reportArgumentType] # told there
    if sum(sizes) != n:
        raise ValueError(f"lengths must add up to {n}, or to 1 as shares, got {list(lengths)}")
    return np.split(generator.randperm(n), np.cumsum(sizes)[:-1])


def batches(
    order: Int64[np.ndarray, " n"], batch_size: int, drop_last: bool = False
) -> list[Int64[np.ndarray, " batch"]]:
    """Cuts an epoch's order as `BatchSampler` does; `drop_last` leaves out a short last batch."""
    batch_size = size_of(batch_size, "batch_size", least=1)
    stop = len(order) - len(order) % batch_size if drop_last else len(order)
    return [order[start : start + batch_size] for start in range(0, stop, batch_size)]
