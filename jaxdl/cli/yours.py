"""A user's own file, which defines by name what there is to look at."""

from __future__ import annotations

import runpy
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jaxdl.errors import InputError

JAX = ("params", "loss")
TORCH = ("model", "torch_loss")


@dataclass(frozen=True)
class Yours:
    """What a file defines; what it does not is None.

    Args:
        path: the file.
        params, loss: JAX's: a pytree, (params, batch) -> a scalar.
        model, torch_loss: PyTorch's: a module, (model, batch) -> a tensor of one element.
        batch: for both; its arrays become tensors for PyTorch, integers 64 bits wide.
        torch_batch: PyTorch's own batch, where it has another layout.
        parameter_map: a `jaxdl.parity.ParameterMap`; without one parameters are tied by their
            names, or by value and gradient.
        optimizer: an Optax optimizer.
        torch_optimizer: a `torch.optim.Optimizer` of the model's parameters.
    """

    path: Path
    params: Any = None
    loss: Any = None
    model: Any = None
    torch_loss: Any = None
    batch: Any = None
    torch_batch: Any = None
    parameter_map: Any = None
    optimizer: Any = None
    torch_optimizer: Any = None

    @property
    def has_jax(self) -> bool:
        """There is a JAX program."""
        return self.loss is not None

    @property
    def has_torch(self) -> bool:
        """There is a PyTorch program."""
        return self.torch_loss is not None

    def tensors(self) -> Any:
        """The batch as PyTorch takes it."""
        return _tensors(self.batch) if self.torch_batch is None else self.torch_batch


def read(name: str) -> Yours:
    """Run a file and take what it defines.

    Raises:
        InputError: it is no Python file, fails, or lacks a program or a batch.
    """
    path = Path(name)
    if not path.is_file():
        raise InputError(f"{name}: there is no such file")
    sys.path.insert(0, str(path.resolve().parent))  # it may import what stands beside it
    try:
        found = runpy.run_path(str(path.resolve()), run_name="__yours__")
    except InputError:
        raise
    except Exception as error:
        raise failed(name, path.resolve(), error) from error
    finally:
        sys.path.pop(0)
    known = {field: found[field] for field in Yours.__dataclass_fields__ if field in found}
    known.pop("path", None)
    for first, second in (JAX, TORCH):
        if (first in known) != (second in known):
            there, missing = (first, second) if first in known else (second, first)
            raise InputError(f"{name} defines {there}, but no {missing}")
    if "loss" not in known and "torch_loss" not in known:
        raise InputError(
            f"{name} defines no program: it needs params and loss (JAX), model and torch_loss "
            "(PyTorch), or both"
        )
    if "batch" not in known and "torch_batch" not in known:
        raise InputError(f"{name} defines no batch: what loss and torch_loss are called with")
    return Yours(path.resolve(), **known)


def failed(name: str, path: Path, error: Exception) -> InputError:
    """What is said when a user's own code raises: in one line, with the line of the file."""
    trace, line = error.__traceback__, ""
    while trace:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = f":{trace.tb_lineno}"
        trace = trace.tb_next
    said = str(error).strip().partition("\n")[0]
    return InputError(f"{name}{line}: {type(error).__name__}: {said}")


def _tensors(tree: Any) -> Any:
    """Arrays as tensors, in dictionaries, lists and tuples; tensors and what is no array stay."""
    import numpy as np

    from jaxdl._torch import import_torch

    torch = import_torch()
    if isinstance(tree, dict):
        return {key: _tensors(value) for key, value in tree.items()}
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*map(_tensors, tree))
    if isinstance(tree, list | tuple):
        return type(tree)(map(_tensors, tree))
    if isinstance(tree, torch.Tensor) or not hasattr(tree, "dtype"):
        return tree
    array = np.array(tree)
    if array.dtype.name == "bfloat16":  # PyTorch has it, NumPy's arrays cannot carry it there
        return torch.from_numpy(array.astype(np.float32)).bfloat16()
    tensor = torch.from_numpy(array)
    return tensor.long() if array.dtype.kind in "iu" else tensor
