"""What an arm is, and what the arms are called."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jaxdl.errors import InputError

if TYPE_CHECKING:
    import numpy as np

TORCH = ("torch-eager", "torch-compile", "torch-graph")
"""PyTorch's arms: operation by operation, through `torch.compile`, and as recorded CUDA graphs."""
JAX = ("jax-eager", "jax-jit", "jax-scan", "jax-sharded", "jax-flax", "jax-flax-scan")
"""JAX's: operation by operation; a compiled call for each step; one for many; that with each batch
shared out among devices; and the last two with Flax's layers, which XLA's own algorithms run."""
MODES = {
    "torch-compile": ("default", "max-autotune-no-cudagraphs", "reduce-overhead"),
    "torch-graph": ("make_graphed_callables",),
}
"""What an arm is tried with; the fastest counts, and what fails is left out."""
ASKED_FOR = ("torch-graph",)
"""The arms that nobody gets without naming them: no CPU has them."""

DTYPES = ("float32", "float64", "tf32", "bfloat16")
"""The precisions that an arm can be measured in."""


class Unavailable(Exception):
    """This arm cannot run here; the message is one line and says why."""


@dataclass(frozen=True)
class Arm:
    """Something that trains.

    Attributes:
        restart: back to the initial parameters and the first batch.
        run: makes so many calls and gives the loss of every step, (calls * steps,), on the host.
        steps: steps a call.
        examples: examples a step.
        device: in words.
        peak: the device's own peak of memory in bytes; None: the process's is what counts.
        tracing: a folder -> a context whose calls the framework's own profiler writes there.
    """

    restart: Callable[[], None]
    run: Callable[[int], np.ndarray]
    steps: int
    examples: int
    device: str
    peak: Callable[[], int] | None = None
    tracing: Callable[[str], AbstractContextManager[Any]] | None = None


def check_dtype(dtype: str, *, cpu: bool) -> None:
    """Raise InputError where a CPU is asked for what a GPU alone has."""
    if cpu and dtype not in ("float32", "float64"):
        raise InputError(f"--dtype {dtype} is for a GPU; a CPU is measured in float32 or float64")
