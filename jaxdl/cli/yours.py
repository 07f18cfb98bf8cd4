"""A user's own file, which defines by name what there is to look at."""

from __future__ import annotations

import runpy
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jaxdl.errors import InputError
from jaxdl.parity.sides import as_tensors

JAX = ("params", "loss")
TORCH = ("model", "torch_loss")
OPTIONS = (  # of `jaxdl.parity.compare`, by the names that a file has for them
    "apply", "loss", "torch_loss", "state", "parameter_map", "inputs", "torch_batch",
    "torch_inputs", "optimizer", "torch_optimizer", "torch_scheduler", "torch_clip",
    "torch_accumulate",
)  # fmt: skip


@dataclass(frozen=True)
class Yours:
    """What a file defines; what it does not is None.

    Args:
        path: the file.
        params, loss: JAX's: a pytree or a `flax.nnx.Module`, (params, batch) -> a scalar.
        apply: (params, *inputs) -> output.
        state: what a plain JAX model keeps besides its params.
        model, torch_loss: PyTorch's: a module, (model, batch) -> a tensor of one element.
        batch: for both; its arrays become tensors for PyTorch, integers 64 bits wide.
        torch_batch: PyTorch's own batch, where it has another layout.
        inputs, torch_inputs: what the models are called with, where it is not the batch's first
            part.
        parameter_map: a `jaxdl.parity.ParameterMap`; without one parameters are tied by their
            names, or by value and gradient.
        optimizer: an Optax optimizer.
        torch_optimizer: a `torch.optim.Optimizer` of the model's parameters.
        torch_scheduler: optimizer -> a scheduler that is stepped after each of its steps.
        torch_clip: parameters -> None, called between backward and step.
        torch_accumulate: so many batches make one of PyTorch's steps.
        converted: the JAX model's params as the file's own converter fills them.
        resumed: (params, opt_state) -> (params, opt_state), saved and loaded.
    """

    path: Path
    params: Any = None
    loss: Any = None
    model: Any = None
    torch_loss: Any = None
    batch: Any = None
    torch_batch: Any = None
    apply: Any = None
    state: Any = None
    inputs: Any = None
    torch_inputs: Any = None
    parameter_map: Any = None
    optimizer: Any = None
    torch_optimizer: Any = None
    torch_scheduler: Any = None
    torch_clip: Any = None
    torch_accumulate: int = 1
    converted: Any = None
    resumed: Any = None

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
        return as_tensors(self.batch) if self.torch_batch is None else self.torch_batch


def read(name: str) -> Yours:
    """Run a file and take what it defines: one program with its loss, or two.

    Raises:
        InputError: it is no Python file, fails, or lacks a program or a batch.
    """
    yours = defined(name)
    for first, second in (JAX, TORCH):
        if (getattr(yours, first) is None) != (getattr(yours, second) is None):
            there, missing = (
                (first, second) if getattr(yours, first) is not None else (second, first)
            )
            raise InputError(f"{name} defines {there}, but no {missing}")
    if not yours.has_jax and not yours.has_torch:
        raise InputError(
            f"{name} defines no program: it needs params and loss (JAX), model and torch_loss "
            "(PyTorch), or both"
        )
    if yours.batch is None and yours.torch_batch is None:
        raise InputError(f"{name} defines no batch: what loss and torch_loss are called with")
    return yours


def read_pair(name: str) -> Yours:
    """Run a file and take the two models that it defines, with their losses or without.

    Raises:
        InputError: it is no Python file, fails, or lacks a model or a batch.
    """
    yours = defined(name)
    for field, what in (
        ("model", "the PyTorch module"),
        ("params", "the JAX model's parameters, or a flax.nnx.Module"),
        ("batch", "what the two are called with"),
    ):
        if getattr(yours, field) is None:
            raise InputError(f"{name} defines no {field}: {what}")
    return yours


def defined(name: str) -> Yours:
    """Run a file and take what it defines."""
    found = executed(name)
    known = {field: found[field] for field in Yours.__dataclass_fields__ if field in found}
    known.pop("path", None)
    return Yours(Path(name).resolve(), **known)


def executed(name: str) -> dict[str, Any]:
    """Run a file; its names.

    Raises:
        InputError: there is no such file, or it fails.
    """
    path = Path(name)
    if not path.is_file():
        raise InputError(f"{name}: there is no such file")
    sys.path.insert(0, str(path.resolve().parent))  # it may import what stands beside it
    try:
        return runpy.run_path(str(path.resolve()), run_name="__yours__")
    except InputError:
        raise
    except (Exception, SystemExit) as error:
        raise failed(name, path.resolve(), error) from error
    finally:
        sys.path.pop(0)


def both(name: str, yours: Yours, function: Any, **options: Any) -> Any:
    """What a function of `jaxdl.parity` makes of the two models; what the user's code raises, told.

    Args:
        name: the file's.
        yours: of `read_pair`.
        function: `compare`, `diagnose`.
        options: what else it is given.
    """
    given = {field: getattr(yours, field) for field in OPTIONS}
    try:
        return function(yours.model, yours.params, yours.batch, **given, **options)
    except InputError:
        raise
    except Exception as error:
        raise failed(name, yours.path, error) from error


def failed(name: str, path: Path, error: BaseException) -> InputError:
    """What is said when a user's own code raises: in one line, with the line of the file."""
    trace, line = error.__traceback__, ""
    while trace:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = f":{trace.tb_lineno}"
        trace = trace.tb_next
    said = str(error).strip().partition("\n")[0]
    if isinstance(error, ModuleNotFoundError) and error.name == "torch":
        said += "; pip install torch"
    return InputError(f"{name}{line}: {type(error).__name__}: {said}")
