"""A function of PyTorch's as an arm: as it is, or through `torch.compile`."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from jaxdl._torch import import_torch
from jaxdl.bench.arms.called import (
    COMPLEX,
    Called,
    Question,
    Weights,
    applied,
    by_name,
    held_things,
    outputs,
)
from jaxdl.bench.arms.torch import configured, tracing
from jaxdl.bench.trees import leaves, with_leaves
from jaxdl.errors import InputError

if TYPE_CHECKING:
    import numpy as np


def build(
    load: Callable[[], Callable[..., Any]], question: Question, dtype: str, threads: int, mode: str
) -> Called:
    """Set the function up; see `jaxdl.bench.arms.build_function`."""
    torch = import_torch()
    cuda = configured(dtype, threads, mode)
    if dtype == "float64":  # what the function makes itself, as in JAX
        torch.set_default_dtype(torch.float64)
    device = torch.device("cuda" if cuda else "cpu")
    function: Any = load()
    if isinstance(function, torch.nn.Module):
        function.to(device)
    floats = torch.bfloat16 if dtype == "bfloat16" else None

    def tensor(array: Any) -> Any:
        made = torch.from_numpy(array.copy())
        return made.to(device, floats if made.is_floating_point() else None)

    given = [
        with_leaves(inputs, {path: tensor(leaf) for path, leaf in leaves(inputs)})
        for inputs in question.inputs
    ]
    wanted = [list(question.wanted(inputs)) for inputs in question.inputs]
    slots = [
        {path: dict(leaves(tree))[path].requires_grad_() for path in paths}
        for tree, paths in zip(given, wanted, strict=True)
    ]
    before = list(map(held_things, given))
    versions = [[(leaf, leaf._version) for _, leaf in leaves(tree)] for tree in given]
    called = torch.compile(function, mode=mode, dynamic=False) if mode else function
    weights = Weights()

    def like(array: np.ndarray, output: Any) -> Any:
        return torch.from_numpy(array).to(output.device, output.dtype)

    def run(call: int) -> Any:
        out = applied(called, given[call])
        slopes: Any = ()
        if question.gradients:
            floating = _floating(out)
            weight = weights.of(floating, like)
            reached = {name: leaf for name, leaf in floating.items() if leaf.requires_grad}
            if not reached:
                raise InputError("nothing of its output has a gradient; is it detached?")
            slopes = torch.autograd.grad(
                list(reached.values()),
                list(slots[call].values()),
                [weight[name] for name in reached],
                materialize_grads=True,
            )
        if cuda:
            torch.cuda.synchronize()
        return call, out, slopes

    def arrays(result: Any) -> dict[str, np.ndarray]:
        call, out, slopes = result
        found = by_name(_tensors(out), dict(zip(slots[call], slopes, strict=bool(slopes))))
        return {name: _array(leaf) for name, leaf in found.items()}

    def untouched(call: int) -> bool:
        same = all(leaf._version == version for leaf, version in versions[call])
        return same and held_things(given[call]) == before[call]

    return Called(
        run, arrays, untouched,
        torch.cuda.get_device_name() if cuda else "cpu",
        torch.cuda.memory_allocated if cuda else None,
        torch.cuda.max_memory_allocated if cuda else None,
        partial(tracing, cuda=cuda),
    )  # fmt: skip


def _tensors(out: Any) -> dict[str, Any]:
    import torch

    found = outputs(out)
    for name, leaf in found.items():
        if not isinstance(leaf, torch.Tensor):
            raise InputError(f"its {name} is of type {type(leaf).__name__}, no tensor of PyTorch's")
    return found


def _floating(out: Any) -> dict[str, Any]:
    found = _tensors(out)
    for name, leaf in found.items():
        if leaf.is_complex():
            raise InputError(f"its {name} {COMPLEX}")
    return {name: leaf for name, leaf in found.items() if leaf.is_floating_point()}


def _array(tensor: Any) -> np.ndarray:
    import ml_dtypes
    import torch

    tensor = tensor.detach().cpu().resolve_conj().resolve_neg()
    if tensor.dtype == torch.bfloat16:  # PyTorch hands NumPy none of these
        return tensor.float().numpy().astype(ml_dtypes.bfloat16)
    return tensor.numpy()
