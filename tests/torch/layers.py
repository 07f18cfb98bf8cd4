"""A module of PyTorch's and the program in JAX that carries it, compared in a test."""

import torch

from benchmarks.coverage.agreement import QUICK, arrays, differences, drawn, error
from benchmarks.coverage.layers import CARRIERS

__all__ = ["CARRIERS", "QUICK", "arrays", "differences", "drawn", "error", "random", "same"]


def same(module, *inputs, **options):
    """The two agree: to the last digits of float64."""
    errors = differences(module, *inputs, **options)
    assert max(errors.values()) <= 1e-12, errors


def random(*shape, seed=0):
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))
