"""`jaxdl.replay`'s dropout masks against PyTorch's, bit for bit.

The pinned PyTorch draws by "words" on every processor; the other stream has its golden file
(tests/replay/test_dropout_masks.py), written by a PyTorch that draws by it.
"""

import numpy as np
import pytest
import torch
from torch.nn import functional

from jaxdl.replay import Generator, bernoulli, dropout_mask
from tests.soak import whole_or

SEEDS = [*range(14), 42, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1, -1]
SIZES = [0, 1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 799, 800, 801]
SIZES += whole_or([], [1600, 32_767, 32_768, 32_769, 65_537])
RATES = [0.0, 0.1, 0.5, 1.0]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("seed", SEEDS)
def test_masks(seed, dtype):
    """One stream: each mask starts where the last one ended."""
    generator = Generator(seed)
    torch.manual_seed(seed)
    for n in SIZES:
        for p in RATES:
            ones = torch.ones(n, dtype=dtype)
            kept = (functional.dropout(ones, p) != 0).numpy()
            np.testing.assert_array_equal(dropout_mask(generator, (n,), p), kept, f"{n=} {p=}")
            drawn = torch.empty(n, dtype=dtype).bernoulli_(p).bool().numpy()
            np.testing.assert_array_equal(bernoulli(generator, (n,), p), drawn, f"{n=} {p=}")
    assert torch.rand(1).item() == generator.rand(1).item()


@pytest.mark.parametrize("threads", [1, 2])
def test_large_ones_on_any_number_of_threads(threads):
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        torch.manual_seed(7)
        kept = functional.dropout(torch.ones(301, 333), 0.1).numpy() != 0
    finally:
        torch.set_num_threads(before)
    np.testing.assert_array_equal(dropout_mask(Generator(7), (301, 333), 0.1), kept)


def test_the_order_is_that_of_the_memory():
    images = torch.ones(2, 3, 4, 5).to(memory_format=torch.channels_last)
    torch.manual_seed(0)
    kept = functional.dropout(images, 0.5).numpy() != 0
    drawn = dropout_mask(Generator(0), (2, 4, 5, 3), 0.5)  # as NHWC lies in memory
    np.testing.assert_array_equal(drawn.transpose(0, 3, 1, 2), kept)


def test_whole_channels_and_modules():
    generator = Generator(3)
    torch.manual_seed(3)
    images = torch.ones(4, 6, 5, 5, dtype=torch.float64)
    kept = torch.nn.Dropout2d(0.3)(images).numpy() != 0
    drawn = dropout_mask(generator, (4, 6, 1, 1), 0.3)
    np.testing.assert_array_equal(np.broadcast_to(drawn, kept.shape), kept)
    dropout = torch.nn.Dropout(0.2)
    kept = dropout(images).numpy() != 0
    np.testing.assert_array_equal(dropout_mask(generator, images.shape, 0.2), kept)
    dropout.eval()(images)  # draws nothing
    assert torch.rand(1).item() == generator.rand(1).item()
