"""PyTorch's CPU random stream, initialisers, DataLoader order and dropout masks, without PyTorch.

Equal to PyTorch 2.13 bit for bit, in float32 and float64: `Generator` to `torch.Generator`, `init`
to the `state_dict` of a freshly built layer, `dataloader_epoch`, the samplers and `random_split` to
the order of `DataLoader` and its kin, `dropout_mask` to what `dropout` keeps.

The reference is PyTorch on an x86-64 processor with AVX2 or AVX-512. Its fallback for older
processors rounds `uniform_` and `randn` otherwise; other architectures are untested.

>>> from jaxdl.replay import Generator, dataloader_epoch, init
>>> generator = Generator(0)                          # torch.manual_seed(0)
>>> init.linear(generator, 3, 1)["weight"]            # nn.Linear(3, 1).weight
array([[-0.00432252,  0.30971584, -0.47518533]], dtype=float32)
>>> dataloader_epoch(generator, 5)                    # for batch in DataLoader(..., shuffle=True)
array([2, 3, 4, 0, 1])
"""

from jaxdl.replay import init
from jaxdl.replay.dropout import bernoulli, dropout_mask
from jaxdl.replay.generator import Generator
from jaxdl.replay.sampler import (
    base_seed,
    batches,
    dataloader_epoch,
    random_sampler,
    random_split,
    subset_random_sampler,
    weighted_random_sampler,
)

__all__ = [
    "Generator",
    "base_seed",
    "batches",
    "bernoulli",
    "dataloader_epoch",
    "dropout_mask",
    "init",
    "random_sampler",
    "random_split",
    "subset_random_sampler",
    "weighted_random_sampler",
]
