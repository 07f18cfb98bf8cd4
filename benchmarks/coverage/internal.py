"""PyTorch's own databases of modules, losses and optimisers: what its tests are made of."""

from __future__ import annotations

import importlib
import warnings
from typing import Any


def internal(name: str) -> Any:
    """A module of `torch.testing._internal`, such as "common_modules".

    When they are imported they warn of themselves, draw random numbers, and forbid to set
    `torch.backends`; the last two are undone.
    """
    import torch

    backends: Any = getattr(torch.backends, "m", torch.backends)  # the module in the wrapper
    flag = "__allow_nonbracketed_mutation_flag"
    before = getattr(backends, flag)
    try:
        with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return importlib.import_module(f"torch.testing._internal.{name}")
    finally:
        setattr(backends, flag, before)
