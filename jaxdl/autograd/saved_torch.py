"""What PyTorch keeps for the way back, in bytes, and what its allocator peaks at."""

from __future__ import annotations

import gc
import os
import sys
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from jaxdl._torch import import_torch
from jaxdl.autograd.from_torch import evaluate, parameters_of, tensors_in


@dataclass(frozen=True)
class SavedByTorch:
    """What is kept when the loss has been computed and the way back has not begun.

    Args:
        tensors: how many saved tensors the graph holds, each time one is saved counted.
        duplicates: of these, those that equal another in memory, shape and strides.
        storages: distinct storages in which they lie, the parameters' apart.
        bytes: of these storages, whole, however little of one was saved.
        parameter_storages, parameter_bytes: of the parameters that are saved, or a view of one:
            they would be there without it.
        peak: the most bytes that were allocated at one time while the loss and its gradient were
            computed, beyond what was there before; the gradients of the parameters among them.
    """

    tensors: int
    duplicates: int
    storages: int
    bytes: int
    parameter_storages: int
    parameter_bytes: int
    peak: int


def saved_torch(loss: Callable[[Any, Any], Any], model: Any, batch: Any) -> SavedByTorch:
    """What `loss(model, batch)` keeps for the way back, by `saved_tensors_hooks`.

    The loss is computed once and `backward` runs once. What was saved and let go of before the
    loss was there (a branch that does not lead to it, the inside of a checkpoint) does not count.
    `torch.utils.checkpoint` without re-entrance counts with what it keeps of its inputs. The peak
    is the running sum of the allocations and releases that `torch.profiler` tells of, on the
    loss's device. The model is afterwards as one evaluation of the loss leaves it, as in
    `from_torch`.

    Args:
        loss, model, batch: as `from_torch` takes them.

    Raises:
        InputError: PyTorch is not installed, or what `loss` gives is no loss.
    """
    torch = import_torch()

    from jaxdl.autograd._torch_values import Handle

    own = [tensor for _, tensor in parameters_of(model)]
    parameters = {tensor.untyped_storage().data_ptr() for tensor in own}
    handles: list[weakref.ref[Any]] = []

    def pack(tensor: Any) -> Any:
        handle = Handle(tensor)
        handles.append(weakref.ref(handle))
        return handle

    hooks = torch.autograd.graph.saved_tensors_hooks(pack, lambda handle: handle.tensor())
    gc.collect()  # what a cycle held before is not let go of in between
    with memory_profile() as profiler:
        result = evaluate(loss, model, batch, hooks)
        told = _account([alive.data for handle in handles if (alive := handle())], parameters)
        leaves = {id(t): t for t in own + [t for _, t in tensors_in(batch, "")] if t.requires_grad}
        slots = {id: leaf.grad for id, leaf in leaves.items()}
        try:
            for leaf in leaves.values():
                leaf.grad = None
            result.backward()
        finally:
            for id_, leaf in leaves.items():
                leaf.grad = slots[id_]
    return SavedByTorch(**told, peak=allocated_peak(profiler, result.device))


def _account(tensors: list[Any], parameters: set[int]) -> dict[str, int]:
    storages = {t.untyped_storage().data_ptr(): t.untyped_storage().nbytes() for t in tensors}
    theirs = {pointer: n for pointer, n in storages.items() if pointer in parameters}
    views = {(t.data_ptr(), tuple(t.shape), t.stride(), t.dtype) for t in tensors}
    return {
        "tensors": len(tensors),
        "duplicates": len(tensors) - len(views),
        "storages": len(storages) - len(theirs),
        "bytes": sum(storages.values()) - sum(theirs.values()),
        "parameter_storages": len(theirs),
        "parameter_bytes": sum(theirs.values()),
    }


@contextmanager
def memory_profile() -> Iterator[Any]:
    """A `torch.profiler.profile` that notes each allocation and release; for `allocated_peak`.

    As it starts and stops it writes lines of its own to standard error, which nobody asked for
    and no setting of its turns off: they are dropped.
    """
    torch = import_torch()
    from torch.profiler import ProfilerActivity, profile

    activities = [ProfilerActivity.CPU]
    if torch.cuda.is_available():
        activities.append(ProfilerActivity.CUDA)
    profiler = profile(activities=activities, profile_memory=True)
    with _silent():
        profiler.start()
    try:
        yield profiler
    finally:
        with _silent():
            profiler.stop()


@contextmanager
def _silent() -> Iterator[None]:
    """Standard error, of the libraries below Python, too, leads nowhere."""
    sys.stderr.flush()
    kept = os.dup(2)
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def allocated_peak(profiler: Any, device: Any) -> int:
    """The largest running sum of what was allocated less what was released, in bytes.

    Args:
        profiler: of `memory_profile`, when it has ended.
        device: whose memory.
    """
    events = [
        event
        for event in profiler.profiler.kineto_results.events()
        if event.name() == "[memory]" and event.device_type().name.lower() == device.type
    ]
    now = peak = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        now += event.nbytes()
        peak = max(peak, now)
    return peak
