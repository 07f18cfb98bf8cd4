"""The arms that take the imperative program's steps."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from jaxdl._torch import import_torch
from jaxdl.bench.arms.arm import Arm, Unavailable, check_dtype

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.bench.work import Case, TorchWork


def build(case: Case, dtype: str, threads: int, mode: str) -> Arm:
    """Set torch-eager up or, with a mode, torch-compile; see `jaxdl.bench.arms.build`."""
    torch = import_torch()
    cuda = configured(dtype, threads, mode)
    work = case.torch_work("float32" if dtype == "tf32" else dtype)
    batches = work.batches
    if cuda:
        work.model.cuda()
        batches = [tuple(column.cuda() for column in columns) for columns in batches]
    step = compiled_step(work, mode) if mode else work.step
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
    return Arm(restart, run, 1, work.examples, kind, peak)


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


def compiled_step(work: TorchWork, mode: str) -> Callable[[Any], float]:
    """The step with `torch.compile` of the loss; written so that L-BFGS can take it, too."""
    torch = import_torch()
    loss = torch.compile(work.loss, mode=mode, dynamic=False)

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
