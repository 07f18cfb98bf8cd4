"""What one program computed, written down under PyTorch's names so that two can be compared.

A record is a flat dict of NumPy arrays:

    x, y                     the batch
    init/NAME                every parameter before the first step
    output, loss             of the initial parameters on the batch
    gradient/NAME            of that loss
    trajectory               the loss of every step of the training run, shape (steps,)
    parameter/NAME           every parameter at the end of that run

A batch of images is written down as PyTorch keeps it: (batch, channels, height, width).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.map import ParameterMap

    Record = dict[str, np.ndarray]

WHOLE = 4_000
"""`condensed` leaves arrays of up to so many elements in full."""


def jax_step(
    apply: Callable[..., Any],
    loss: Callable[..., Any],
    params: Any,
    batch: Any,
    parameter_map: ParameterMap,
) -> Record:
    """Output, loss and every gradient of a pair of pure functions.

    They are compiled as they are written, every operation rounded by itself: without LLVM's
    optimiser, which would take longer than it saves in a program that runs once.

    Args:
        apply: takes params and x, gives the output.
        loss: takes params and the batch (x, y), gives a scalar.
        params: any pytree.
        batch: (x, y).
        parameter_map: names the gradients as PyTorch does.
    """
    import jax
    import numpy as np

    def run(params: Any, batch: Any) -> Any:
        return apply(params, batch[0]), *jax.value_and_grad(loss)(params, batch)

    compiled = jax.jit(run, compiler_options={"xla_backend_optimization_level": 0})
    output, value, gradient = compiled(params, batch)
    record = {"output": np.asarray(output), "loss": np.asarray(value)}
    tensors = parameter_map.to_torch(gradient)
    for name in parameter_map.tied:  # PyTorch, too, lists a tied parameter once
        tensors.pop(name, None)
    return record | named("gradient", tensors)


def torch_step(loss: Callable[..., Any], model: Any, batch: Any) -> Record:
    """Output, loss and every gradient of a `torch.nn.Module`, whose `.grad` is left as it was.

    Args:
        loss: takes the model and the batch, gives a tensor of one element.
        model: called on x for the output.
        batch: (x, y), tensors.
    """
    import torch

    value, weights = loss(model, batch), dict(model.named_parameters())
    gradients = torch.autograd.grad(value, list(weights.values())) if weights else ()
    record = {"output": as_numpy(model(batch[0])), "loss": as_numpy(value).reshape(())}
    return record | named("gradient", dict(zip(weights, map(as_numpy, gradients), strict=True)))


def as_numpy(tensor: Any) -> np.ndarray:
    """A copy of a tensor."""
    return tensor.detach().numpy().copy()


def state_of(model: Any) -> Record:
    """A copy of a model's `state_dict`."""
    return {name: as_numpy(tensor) for name, tensor in model.state_dict().items()}


def named(kind: str, tensors: Record) -> Record:
    """{"fc.bias": b} -> {"KIND/fc.bias": b}."""
    return {f"{kind}/{name}": tensor for name, tensor in tensors.items()}


def condensed(record: Record) -> Record:
    """The record with each array of more than `WHOLE` elements as a vector that stands for it.

    First its root mean square and eight sums of all elements under random signs, divided by √size:
    they show any element that differs, on the scale of the elements. Then 1000 elements, evenly
    spaced. What must be equal bit for bit (the batch, the initial parameters) has instead of the
    sums, whose rounding depends on the machine, the bytes of its SHA-256.
    """
    return {
        name: array if array.size <= WHOLE else _condensed(name, array)
        for name, array in record.items()
    }


def _condensed(name: str, array: np.ndarray) -> np.ndarray:
    import hashlib

    import numpy as np

    from jaxdl import replay

    flat = np.ascontiguousarray(array).ravel()
    if np.issubdtype(flat.dtype, np.integer):
        flat = flat.astype(np.int64)  # PyTorch's labels and letters are wider than ours
    sample = flat[np.linspace(0, flat.size - 1, 1000).astype(int)]
    if name in ("x", "y") or name.startswith("init/"):
        digest = np.frombuffer(hashlib.sha256(flat.tobytes()).digest(), np.uint8)
        return np.concatenate([sample, digest.astype(flat.dtype)])
    wide = flat.astype(np.float64)
    bits = replay.Generator(0).random(8 * flat.size)  # NumPy's own may change with its version
    signs = (bits % 2).reshape(8, -1) * 2.0 - 1
    sums = np.array([np.linalg.norm(wide), *(signs @ wide)]) / np.sqrt(flat.size)
    return np.concatenate([sums.astype(array.dtype), sample])
