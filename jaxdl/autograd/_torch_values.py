"""Tensors and operations as `from_torch` notes them down, and the numbers that are in a tensor."""

from __future__ import annotations

import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch

from jaxdl.autograd.graph import Kind, Place

# An output of an autograd node: its sequence number, which output. Of a leaf: ("leaf", its id).
Key = tuple[Any, int]


@dataclass(eq=False, slots=True)
class Value:
    """One tensor at one time."""

    kind: Kind
    shape: tuple[int, ...]
    dtype: str
    array: np.ndarray | None
    name: str = ""
    step: Step | None = None
    key: Key | None = None
    used: bool = False


@dataclass(eq=False, slots=True)
class Step:
    """One operation that ran; or a node of autograd's that no operation was seen of."""

    name: str
    inputs: list[tuple[Value, Key | None]]
    sequence: int  # of the autograd node that was made last
    outputs: list[Value] = field(default_factory=list)
    place: Place | None = None
    scope: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()  # custom functions inside of which it ran, from inside out
    ours: bool = True  # what it saved was handed to our hooks
    custom: bool = False  # it is itself a custom function
    node: int | None = None  # its autograd node's sequence number


class Handle:
    """What an autograd node holds in place of a saved tensor; it lives as long as the tensor would.

    Raises, as PyTorch does where it keeps the tensor itself, when that was changed in between.
    """

    __slots__ = ("__weakref__", "data", "version")

    def __init__(self, tensor: torch.Tensor) -> None:
        self.data = tensor.detach()  # shares the version counter
        self.version = version(tensor)

    def tensor(self) -> torch.Tensor:
        if version(self.data) != self.version:
            raise RuntimeError(
                "one of the variables needed for gradient computation has been modified by an "
                f"inplace operation: a tensor of shape {list(self.data.shape)} is at version "
                f"{version(self.data)}; expected version {self.version}"
            )
        return self.data


@dataclass(eq=False, slots=True)
class Kept:
    """A tensor that was packed; `handle` is dead when nothing keeps it any more."""

    handle: weakref.ref[Handle]
    seen: tuple[int, int]  # id and version of the tensor
    sequence: int
    position: int  # how many steps there were
    shape: tuple[int, ...]
    dtype: str
    storage: torch.UntypedStorage  # held, so that no other storage comes to stand in its place


def version(tensor: torch.Tensor) -> int:
    """How often the tensor was changed in place."""
    return 0 if tensor.is_inference() else tensor._version


def dtype_of(tensor: torch.Tensor) -> str:
    """The dtype by NumPy's name."""
    return dtype_name(tensor.dtype)


def array_of(tensor: torch.Tensor, *, copy: bool) -> np.ndarray | None:
    """The tensor's numbers; None where it has none that NumPy could show.

    Args:
        copy: what changes the tensor later leaves the array as it is.
    """
    if tensor.is_quantized or tensor.is_nested or tensor.device.type == "meta":
        return None
    tensor = tensor.detach()
    if tensor.layout is not torch.strided:
        tensor = tensor.to_dense()
    tensor = tensor.cpu().resolve_conj().resolve_neg()
    if tensor.dtype in _AS_BITS:
        import ml_dtypes

        bits = tensor.contiguous().view(_AS_BITS[tensor.dtype]).numpy()
        array = bits.view(getattr(ml_dtypes, dtype_of(tensor)))
    else:
        array = tensor.numpy()
    return array.copy() if copy else array


_AS_BITS = {torch.bfloat16: torch.int16} | dict.fromkeys(
    (torch.float8_e4m3fn, torch.float8_e5m2, torch.float8_e4m3fnuz, torch.float8_e5m2fnuz),
    torch.uint8,
)


def dtype_name(dtype: torch.dtype) -> str:
    """NumPy's name for it."""
    return str(dtype).removeprefix("torch.")


def pointer(tensor: torch.Tensor) -> int:
    """The address of its storage; 0 where it has no single one."""
    return tensor.untyped_storage().data_ptr() if tensor.layout is torch.strided else 0


def tensors(tree: Any) -> Iterator[torch.Tensor]:
    """The tensors among an operation's arguments or results."""
    if isinstance(tree, torch.Tensor):
        yield tree
    elif isinstance(tree, list | tuple):
        for item in tree:
            yield from tensors(item)
