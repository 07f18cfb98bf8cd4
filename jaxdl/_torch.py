"""PyTorch, where it is installed: imported by those alone who need it, when they need it."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from jaxdl.errors import InputError


def import_torch() -> Any:
    """The module `torch`.

    Raises:
        InputError: it is not installed.
    """
    try:
        import torch
    except ModuleNotFoundError:
        raise InputError("this needs PyTorch, which is not installed; pip install torch") from None
    return torch


def has_torch() -> bool:
    """Whether PyTorch is installed; it is not imported."""
    try:
        return find_spec("torch") is not None
    except ModuleNotFoundError:  # an import hook's answer
        return False
