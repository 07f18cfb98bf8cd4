"""The ways to take a program's training steps that are measured against each other.

Every arm takes the same steps: the same initial parameters (what PyTorch draws after
`manual_seed(config.seed)`), the same batches in the same order (the first epoch's whole batches,
over and over), the same dtype and cores. What one step is made of:

- torch-eager: the imperative program's own step, on a batch cut beforehand. It reads the loss with
  `.item()`, as people write it.
- torch-compile: the same with `torch.compile` of the loss, which is model and criterion; backward
  and optimizer run as they do with any compiled model.
- torch-graph: loss and backward recorded once as CUDA graphs and played from then on
  (`torch.cuda.make_graphed_callables`), the optimizer as it is; a GPU's, where it is asked for.
- jax-eager, jax-jit: the functional program's step as it is, and compiled; a batch cut beforehand,
  a call a step. Every loss stays on the device until the block of steps is over and is then read.
- jax-scan: many steps in a compiled call. Batches are gathered on the device inside it, from data
  and order, by `jaxdl.train.scan_epoch`; programs without batches scan over their one batch.
- jax-sharded: jax-scan with every batch shared out among as many devices as there are cores, and
  the mean of their gradients, by `jaxdl.train.sharded_epoch`.
- jax-flax, jax-flax-scan: jax-jit and jax-scan with XLA's own algorithms instead of `jaxdl.ops`.

No arm pays for a DataLoader.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jaxdl.bench.arms.arm import ASKED_FOR, DTYPES, JAX, MODES, TORCH, Arm, Unavailable
from jaxdl.bench.arms.called import WAYS, Called, Question

if TYPE_CHECKING:
    from jaxdl.bench.work import Case

ARMS = TORCH + JAX
"""Every way to take training steps, by name: PyTorch's, then JAX's."""

__all__ = [
    "ARMS",
    "ASKED_FOR",
    "DTYPES",
    "JAX",
    "MODES",
    "TORCH",
    "WAYS",
    "Arm",
    "Called",
    "Question",
    "Unavailable",
    "build",
    "build_function",
    "fitting",
]


def fitting(case: Case) -> tuple[str, ...]:
    """The arms that make sense for a case: without Flax layers there is no jax-flax."""
    left_out = set() if case.flax else {"jax-flax", "jax-flax-scan"}
    left_out |= set() if case.sharded else {"jax-sharded"}
    return tuple(name for name in ARMS if name not in left_out)


def build(name: str, case: Case, dtype: str, threads: int, mode: str = "") -> Arm:
    """Set an arm up; nothing of a step is compiled yet.

    Args:
        name: one of `ARMS`.
        case: what to train.
        dtype: one of `DTYPES`.
        threads: PyTorch's, and jax-sharded's devices; JAX takes the cores that the process may use.
        mode: one of the arm's `MODES`.

    Raises:
        InputError: this device has no such dtype.
        Unavailable: this machine cannot run the arm.
    """
    if name in TORCH:
        from jaxdl.bench.arms import torch

        return torch.build(name, case, dtype, threads, mode)
    from jaxdl.bench.arms import jax

    return jax.build(name, case, dtype, threads)


def build_function(
    name: str,
    load: Callable[[], Callable[..., Any]],
    question: Question,
    dtype: str,
    threads: int,
    mode: str = "",
) -> Called:
    """Set a function up as an arm; nothing of it is compiled yet.

    Args:
        name: one of `WAYS`.
        load: gives the function, once precision and threads are set.
        question: what it is called with.
        dtype: one of `DTYPES`.
        threads: PyTorch's; JAX takes the cores that the process may use.
        mode: torch-compile's.

    Raises:
        InputError: this device has no such dtype.
        Unavailable: this machine cannot run the arm.
    """
    if name in TORCH:
        from jaxdl.bench.arms import torch_function

        return torch_function.build(load, question, dtype, threads, mode)
    from jaxdl.bench.arms import jax_function

    return jax_function.build(name, load, question, dtype)
