"""Weights in files: safetensors, and PyTorch's own with weights alone."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxdl.errors import InputError

if TYPE_CHECKING:
    import numpy as np


def read_weights(path: str | Path, key: str = "") -> dict[str, np.ndarray]:
    """The tensors of a file under their names.

    Args:
        path: a `.safetensors` file, or one that `torch.save` wrote of tensors alone: no code in it
            is run.
        key: where the `state_dict` is in a file that holds more: "state_dict", "model".

    Raises:
        InputError: there is no such file, it is damaged, or it holds something else.
    """
    path = Path(path)
    if not path.is_file():
        raise InputError(f"{path}: there is no such file")
    if path.suffix == ".safetensors":
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            return load_file(path)
        except (SafetensorError, OSError) as error:
            raise InputError(f"{path}: not a whole safetensors file ({error})") from error
    return _tensors(path, _loaded(path), key)


def _loaded(path: Path) -> Any:
    import pickle

    from jaxdl._torch import import_torch

    torch = import_torch()
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        if "weights_only" in str(error).lower() or "Unsupported" in str(error):
            raise InputError(
                f"{path}: holds more than tensors, which would have to be run to be read; save "
                "model.state_dict() and give that file"
            ) from error
        raise InputError(f"{path}: not a file that torch.save wrote") from error
    except (RuntimeError, EOFError, OSError, ValueError, KeyError) as error:
        raise InputError(f"{path}: not a whole file of torch.save's ({_first(error)})") from error


def _tensors(path: Path, found: Any, key: str) -> dict[str, np.ndarray]:
    from jaxdl.parity.map import as_array

    if key:
        if not isinstance(found, Mapping) or key not in found:
            there = ", ".join(map(repr, list(found)[:8])) if isinstance(found, Mapping) else "none"
            raise InputError(f"{path}: has no key {key!r}; its keys: {there}")
        found = found[key]
    if not isinstance(found, Mapping):
        raise InputError(f"{path}: holds a {type(found).__name__}, not a state_dict")
    tensors = {name: value for name, value in found.items() if hasattr(value, "detach")}
    if len(tensors) == len(found):
        return {name: as_array(tensor) for name, tensor in tensors.items()}
    inside = [name for name, value in found.items() if isinstance(value, Mapping)]
    told = f"; the state_dict is perhaps under {inside[0]!r}: give that key" if inside else ""
    others = ", ".join(repr(name) for name in found if name not in tensors)
    raise InputError(f"{path}: holds more than tensors ({others}){told}")


def _first(error: Exception) -> str:
    return str(error).strip().partition("\n")[0][:200]
