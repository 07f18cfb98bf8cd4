"""The arms that take the imperative program's steps."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxdl._torch import import_torch
from jaxdl.bench.arms.arm import Arm, Unavailable, check_dtype

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.bench.work import Case, TorchWork


def build(name: str, case: Case, dtype: str, threads: int, mode: str) -> Arm:
    """Set one of these arms up; see `jaxdl.bench.arms.build`."""
    torch = import_torch()
    cuda = configured(dtype, threads, mode)
    if name == "torch-graph" and not cuda:
        raise Unavailable("CUDA graphs need a GPU")
    work = case.torch_work("float32" if dtype == "tf32" else dtype)
    batches = work.batches
    if cuda:
        work.model.cuda()
        batches = [tuple(column.cuda() for column in columns) for columns in batches]
    step = work.step
    if name == "torch-compile":
        step = step_around(work, torch.compile(work.loss, mode=mode, dynamic=False))
    elif name == "torch-graph":
        step = step_around(work, graphed(work, torch.cuda.make_graphed_callables))
    stateful = [each for each in (work.model, work.optimizer, work.scheduler) if each is not None]
    first = [copy.deepcopy(each.state_dict()) for each in stateful]
    given: list[Iterator[Any]] = []

    def restart() -> None:
        for each, state in zip(stateful, first, strict=True):
            each.load_state_dict(copy.deepcopy(state))
        given[:] = [cycle(batches)]

    def run(calls: int) -> np.ndarray:
        import numpy as np

        losses = [step(batch) for batch in islice(given[0], calls)]
        if cuda:
            torch.cuda.synchronize()
        return np.array(losses)

    restart()
    kind = torch.cuda.get_device_name() if cuda else "cpu"
    peak = torch.cuda.max_memory_allocated if cuda else None
    return Arm(restart, run, 1, work.examples, kind, peak, partial(tracing, cuda=cuda))


def configured(dtype: str, threads: int, mode: str) -> bool:
    """Set PyTorch's precision and threads; whether there is a GPU.

    Raises:
        InputError: this device has no such dtype.
        Unavailable: it cannot run this mode of torch.compile.
    """
    torch = import_torch()
    cuda = torch.cuda.is_available()
    check_dtype(dtype, cpu=not cuda)
    torch.set_num_threads(threads)
    torch.set_float32_matmul_precision("high" if dtype == "tf32" else "highest")
    torch.backends.cudnn.allow_tf32 = dtype == "tf32"
    if mode == "reduce-overhead" and not cuda:
        raise Unavailable("reduce-overhead is CUDA graphs, which need a GPU")
    return cuda


def step_around(work: TorchWork, loss: Callable[[Any, Any], Any]) -> Callable[[Any], float]:
    """The step with another loss that computes the same; written so that L-BFGS can take it."""

    def step(batch: Any) -> float:
        def closure() -> Any:
            work.optimizer.zero_grad()
            l = loss(work.model, batch)
            l.backward()
            return l

        l = work.optimizer.step(closure)  # the first answer: the loss before the update
        if work.scheduler is not None:
            work.scheduler.step()
        return l.item()

    return step


def graphed(work: TorchWork, record: Callable[..., Any]) -> Callable[[Any, Any], Any]:
    """The loss as CUDA graphs, forward and backward, which the first call records.

    Args:
        work: whose loss; recording leaves its parameters as they are.
        record: `torch.cuda.make_graphed_callables`.
    """
    torch = import_torch()

    class Loss(torch.nn.Module):
        """With the parameters: what is recorded has to know whose gradients are wanted."""

        def __init__(self) -> None:
            super().__init__()
            self.model = work.model

        def forward(self, *batch: Any) -> Any:
            return work.loss(self.model, batch)

    recorded: list[Any] = []

    def loss(model: Any, batch: Any) -> Any:
        if not recorded:
            recorded.append(record(Loss(), tuple(batch), allow_unused_input=True))
        return recorded[0](*batch)

    return loss


@contextmanager
def tracing(folder: str, cuda: bool = False) -> Iterator[None]:
    """What is called inside, as PyTorch's profiler saw it: Chrome's format, in a file."""
    torch = import_torch()
    kinds = torch.profiler.ProfilerActivity
    seen = [kinds.CPU, kinds.CUDA] if cuda else [kinds.CPU]
    with torch.profiler.profile(activities=seen) as profile:
        yield
    profile.export_chrome_trace(str(Path(folder) / "torch.pt.trace.json"))
