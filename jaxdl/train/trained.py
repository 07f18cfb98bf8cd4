"""What a finished run leaves for those who use the net: one safetensors file."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from jaxdl._files import replacing
from jaxdl._tree import leaves_by_name, nested
from jaxdl.errors import InputError


def save_trained(path: Path, params: Any, run: Mapping[str, Any]) -> None:
    """Write trained parameters in one move.

    Args:
        path: the file; its folder is made if it is missing.
        params: nested dictionaries of arrays.
        run: how they were trained, JSON-able.

    Raises:
        OSError: the disk is full or not writable.
    """
    arrays = {name: np.asarray(leaf) for name, leaf in leaves_by_name(params, "/").items()}
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as part:
        part.write_bytes(save(arrays, {"run": json.dumps(run)}))


def load_trained(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The parameters, as nested dictionaries of NumPy arrays, and how they were trained.

    Raises:
        InputError: there is no such file, or it is damaged.
    """
    try:
        with safe_open(path, framework="numpy") as file:
            run = json.loads(file.metadata()["run"])
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 (no dict)
            return nested(arrays, "/"), run
    except FileNotFoundError:
        raise InputError(f"{path} is not there") from None
    except (SafetensorError, TypeError, KeyError, ValueError) as error:
        raise InputError(f"{path} is damaged ({error}); train again") from None
