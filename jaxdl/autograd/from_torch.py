"""What PyTorch does in one evaluation of a loss and of its gradient, in the common form."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from jaxdl._torch import import_torch
from jaxdl.autograd.graph import Graph
from jaxdl.errors import InputError


def from_torch(loss: Callable[[Any, Any], Any], model: Any, batch: Any) -> Graph:
    """What PyTorch does when it computes `loss(model, batch)` and goes the way back.

    The loss is computed once and `backward` runs once; every number is PyTorch's own. The model
    is afterwards as one evaluation of the loss leaves it: its buffers (the running mean of a batch
    normalisation) and PyTorch's random streams have gone on by that one evaluation; the `.grad`
    slots, the training mode, the parameters and their version counters are as they were.

    A node is one tensor and the ATen operation that made it. An operation of several results of
    which more than one is used is a node without a value, and a "getitem" for each result. What
    ran without a gradient (integers, masks, `no_grad`) is there, too, without one. A number that
    goes in where a tensor could is a constant. A custom function (`torch.autograd.Function`) is
    the parent of what ran inside of it. What `torch.utils.checkpoint` computes again on the way
    back is not shown a second time; where it re-enters (`use_reentrant=True`), no edge leads to the
    parameters inside, for PyTorch's graph has none. Of an input that was computed from parameters
    before, the gradient is shown and what lies behind it is not.

    Args:
        loss: takes the model and a batch; a tensor of one element.
        model: a `torch.nn.Module`; or tensors by name; or a list of them.
        batch: a tensor, or tuples, lists and dictionaries of them; what else is in there passes.

    Raises:
        InputError: PyTorch is not installed, or what `loss` gives is no loss. What the program
            itself raises comes through.
    """
    import_torch()
    from jaxdl.autograd._torch_assembly import assembled
    from jaxdl.autograd._torch_recorder import Recorder
    from jaxdl.autograd._torch_way_back import WayBack

    recorder = Recorder(_names(model, "named_modules"), _names(model, "named_buffers"))
    parameters = dict(parameters_of(model))
    for name, tensor in parameters.items():
        recorder.leaf(tensor, "parameter", name)
    seen = {id(tensor) for tensor in parameters.values()}
    for name, tensor in tensors_in(batch, ""):
        if id(tensor) not in seen:
            seen.add(id(tensor))
            recorder.leaf(tensor, "input", name or "batch")
    result = evaluate(loss, model, batch, recorder)
    output, _ = recorder.resolve(result)
    recorder.release()
    way = WayBack(recorder)
    way.read(result)
    way.back(result)
    storages = {tensor.untyped_storage().data_ptr() for tensor in parameters.values()}
    return assembled(recorder, way, output, storages)


def _names(model: Any, which: str) -> dict[int, str]:
    named = getattr(model, which, tuple)
    return {id(item): name for name, item in named()}


def evaluate(loss: Callable[[Any, Any], Any], model: Any, batch: Any, *contexts: Any) -> Any:
    """`loss(model, batch)` inside of the contexts; the tensor, which is one that has a gradient.

    Raises:
        InputError: it is no loss.
    """
    torch = import_torch()
    with contextlib.ExitStack() as stack:
        stack.enter_context(torch.enable_grad())
        for context in contexts:
            stack.enter_context(context)
        result = loss(model, batch)
    if not isinstance(result, torch.Tensor):
        raise InputError(
            f"the loss gives a {type(result).__name__}, not a tensor; return the loss itself"
        )
    if result.numel() != 1:
        raise InputError(
            f"the loss has shape {tuple(result.shape)}, and must be of one element; "
            "take its mean or its sum"
        )
    if not result.requires_grad:
        raise InputError(
            "the loss needs no gradient; compute it from parameters that require one, without "
            "no_grad, detach or item"
        )
    if result.is_complex():
        raise InputError("the loss is complex; take its real part or its absolute value")
    return result


def parameters_of(model: Any) -> Iterator[tuple[str, Any]]:
    """The parameters by name, a tied one once, by its first name.

    Raises:
        InputError: the model has none that could be found.
    """
    if hasattr(model, "named_parameters"):
        yield from model.named_parameters()
        return
    found = list(tensors_in(model, ""))
    if not found:
        raise InputError(
            f"the model is a {type(model).__name__} without parameters; give a torch.nn.Module, or "
            "tensors by their names"
        )
    seen: set[int] = set()
    for name, tensor in found:
        if id(tensor) not in seen:
            seen.add(id(tensor))
            yield name or "0", tensor


def tensors_in(tree: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The tensors in nested dictionaries, lists and tuples, each with its path."""
    torch = import_torch()
    if isinstance(tree, torch.Tensor):
        yield name, tree
        return
    if isinstance(tree, Mapping):
        items = tree.items()
    elif isinstance(tree, list | tuple):
        fields = getattr(tree, "_fields", range(len(tree)))  # a named tuple has names
        items = zip(fields, tree, strict=True)
    else:
        return
    for key, item in items:
        yield from tensors_in(item, f"{name}.{key}" if name else str(key))
