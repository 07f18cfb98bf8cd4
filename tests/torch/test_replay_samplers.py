"""`jaxdl.replay`'s loaders, samplers and splits against live PyTorch, bit for bit.

After each the next numbers of both streams are compared, so that nothing is drawn but what PyTorch
draws.
"""

import warnings

import numpy as np
import pytest
import torch
from torch.utils.data import (
    DataLoader,
    RandomSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
    random_split,
)

from jaxdl import replay
from jaxdl.replay import Generator

SEEDS = (0, 7, -3, 2**40)


def same_rest(generator, theirs):
    np.testing.assert_array_equal(generator.rand(5), torch.rand(5, generator=theirs).numpy())


def order(loader):
    return np.concatenate([batch.numpy() for batch in loader])


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("drop_last", [False, True])
def test_loaders_with_a_generator_of_their_own(seed, drop_last):
    """Three epochs, shuffled and not; the default generator is not touched."""
    for n, batch_size in ((1, 1), (10, 3), (9, 3), (32, 32)):
        own, default, theirs = Generator(seed), Generator(5), torch.Generator().manual_seed(seed)
        torch.manual_seed(5)
        for shuffle in (True, False, True):
            options = {"shuffle": shuffle, "drop_last": drop_last, "batch_size": batch_size}
            found = replay.dataloader_epoch(own, n, shuffle, own=True)
            cut = np.concatenate(replay.batches(found, batch_size, drop_last))
            loader = DataLoader(torch.arange(n), generator=theirs, **options)
            np.testing.assert_array_equal(cut, order(loader))
        same_rest(own, theirs)
        same_rest(default, None)


@pytest.mark.parametrize("seed", SEEDS)
def test_train_then_test(seed):
    """A shuffled loader and an unshuffled one in turn, both of the default generator."""
    generator = Generator(seed)
    torch.manual_seed(seed)
    train, test = DataLoader(torch.arange(13), 4, shuffle=True), DataLoader(torch.arange(5), 2)
    for _ in range(3):
        np.testing.assert_array_equal(replay.dataloader_epoch(generator, 13), order(train))
        np.testing.assert_array_equal(replay.dataloader_epoch(generator, 5, False), order(test))
    same_rest(generator, None)


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("replacement", [True, False])
@pytest.mark.parametrize("own", [True, False])
def test_random_sampler(seed, replacement, own):
    for n, count in ((5, None), (5, 12), (7, 3), (40, 40), (40, 64), (3, 100), (2**29, 40)):
        if n > 100 and not replacement:
            continue  # a permutation of that many takes minutes
        generator, theirs = Generator(seed), torch.Generator().manual_seed(seed) if own else None
        torch.manual_seed(seed)
        sampler = RandomSampler(range(n), replacement, count, theirs)
        found = replay.random_sampler(generator, n, count, replacement, own)
        np.testing.assert_array_equal(found, list(sampler))
        same_rest(generator, theirs)


def test_a_loader_with_a_sampler_draws_its_base_seed_first():
    generator = Generator(3)
    torch.manual_seed(3)
    loader = DataLoader(torch.arange(9), 2, sampler=RandomSampler(range(9), True, 20))
    for _ in range(2):
        replay.base_seed(generator)
        found = replay.random_sampler(generator, 9, 20, replacement=True)
        np.testing.assert_array_equal(found, order(loader))
    same_rest(generator, None)


@pytest.mark.parametrize("seed", SEEDS)
def test_subset_random_sampler(seed):
    for indices in ([3, 1, 4, 1, 5], [9], []):
        generator = Generator(seed)
        torch.manual_seed(seed)
        found = replay.subset_random_sampler(generator, np.array(indices, np.int64))
        np.testing.assert_array_equal(found, list(SubsetRandomSampler(indices)))
        same_rest(generator, None)


@pytest.mark.parametrize("seed", SEEDS)
def test_weighted_random_sampler(seed):
    for weights in ([0.1, 0.9, 0.4, 0.7, 3.0, 0.6], [1], [0, 2, 0, 1e-9, 5, 0], [1 / 3] * 300):
        generator, theirs = Generator(seed), torch.Generator().manual_seed(seed)
        sampler = WeightedRandomSampler(weights, 200, generator=theirs)
        found = replay.weighted_random_sampler(generator, np.array(weights), 200)
        np.testing.assert_array_equal(found, list(sampler))
        same_rest(generator, theirs)


@pytest.mark.parametrize("seed", SEEDS)
def test_random_split(seed):
    for n, lengths in (
        (10, [3, 7]),
        (10, [10]),
        (30, [0.3, 0.3, 0.4]),
        (11, [0.5, 0.5]),
        (5, [0, 5]),
        (7, [0.1] * 10),
        (1, [1]),
    ):
        generator, theirs = Generator(seed), torch.Generator().manual_seed(seed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # of empty parts
            parts = random_split(range(n), lengths, theirs)
        found = replay.random_split(generator, n, lengths)
        assert [part.tolist() for part in found] == [list(part.indices) for part in parts]
        same_rest(generator, theirs)


@pytest.mark.parametrize("own", [True, False])
def test_the_base_seed_of_workers(own):
    """Worker w is seeded by it plus w: `torch.utils.data._utils.worker`."""
    generator, theirs = Generator(1), torch.Generator().manual_seed(1) if own else None
    torch.manual_seed(1)
    for shuffle in (False, True):
        found = iter(DataLoader(torch.arange(4), shuffle=shuffle, generator=theirs))
        assert found._base_seed == replay.base_seed(generator)
    same_rest(generator, theirs)
