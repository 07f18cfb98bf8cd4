"""The ways to take a lesson's training steps that are measured against each other.

Every arm takes the same steps: the same initial parameters (what PyTorch draws after
`manual_seed(config.seed)`), the same batches in the same order (the first epoch's whole batches,
over and over), the same dtype and cores. What one step is made of:

- torch-eager, torch-compile: the twin's own `step`, on a batch cut beforehand. It reads the loss
  with `.item()`, as people write it. torch-compile is `torch.compile` of the twin's `loss`, which
  is its model and criterion; backward and optimizer run as they do with any compiled model.
- jax-eager, jax-jit: the lesson's step as it is, and compiled; a batch cut beforehand, a call a
  step. Every loss stays on the device until the block of steps is over and is then read.
- jax-scan: many steps in a compiled call. Batches are gathered on the device inside it, from data
  and order, by `jaxdl.train.scan_epoch`; lessons without batches scan over their one batch.
- jax-sharded: jax-scan with every batch shared out among as many devices as there are cores, and
  the mean of their gradients, by `jaxdl.train.sharded_epoch`.
- jax-flax, jax-flax-scan: jax-jit and jax-scan with XLA's own algorithms instead of `jaxdl.ops`.

No arm pays for a DataLoader. How a lesson makes its optimizer and its first state is not written
down again here: its own `train` runs until it takes its first step, which is caught.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from inspect import signature
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from jaxdl._torch import import_torch
from jaxdl.errors import InputError

if TYPE_CHECKING:
    from types import ModuleType

    import numpy as np

    from jaxdl.bench.cases import Case

TORCH = ("torch-eager", "torch-compile")
JAX = ("jax-eager", "jax-jit", "jax-scan", "jax-sharded", "jax-flax", "jax-flax-scan")
ARMS = TORCH + JAX
MODES = ("default", "max-autotune-no-cudagraphs", "reduce-overhead")
"""What `torch.compile` is tried with; the fastest counts."""

DTYPES = ("float32", "float64", "tf32", "bfloat16")
SHARDED = ("l09", "l10", "l11", "l13")
"""Lessons whose loss is a mean over a batch's examples in which each counts the same."""

LONGEST_SCAN = 100
"""A scan takes an epoch's batches in a call, but no more than so many; without batches, a run's."""


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
    """

    restart: Callable[[], None]
    run: Callable[[int], np.ndarray]
    steps: int
    examples: int
    device: str
    peak: Callable[[], int] | None = None


def fitting(case: Case) -> tuple[str, ...]:
    """The arms that make sense for a lesson: without Flax layers there is no jax-flax."""
    left_out = set() if hasattr(case.lesson.functional, "nnx") else {"jax-flax", "jax-flax-scan"}
    left_out |= set() if case.lesson.name in SHARDED else {"jax-sharded"}
    return tuple(name for name in ARMS if name not in left_out)


def build(name: str, case: Case, dtype: str, threads: int, mode: str = "") -> Arm:
    """Set an arm up; nothing of a step is compiled yet.

    Args:
        name: one of `ARMS`.
        case: what to train.
        dtype: one of `DTYPES`.
        threads: PyTorch's, and jax-sharded's devices; JAX takes the cores that the process may use.
        mode: torch-compile's.

    Raises:
        InputError: this device has no such dtype.
        Unavailable: this machine cannot run the arm.
    """
    if name in TORCH:
        return _torch(case, dtype, threads, mode)
    return _jax(name, case, dtype, threads)


class _Caught(Exception):
    """A lesson's `train` is about to take its first step."""


@contextmanager
def _replaced(program: ModuleType, name: str, function: Any) -> Iterator[None]:
    original = getattr(program, name)
    setattr(program, name, function)
    try:
        yield
    finally:
        setattr(program, name, original)


def _first_calls(
    program: ModuleType, name: str, train: Callable[[], Any], count: int
) -> list[dict[str, Any]]:
    """The arguments, by name, of the first calls that `train` makes of a function of its module."""
    parameters = signature(getattr(program, name))
    calls: list[dict[str, Any]] = []

    def catch(*args: Any, **kwargs: Any) -> float:
        bound = parameters.bind(*args, **kwargs)
        bound.apply_defaults()
        calls.append(bound.arguments)
        if len(calls) == count:
            raise _Caught
        return 0.0

    with _replaced(program, name, catch):
        try:
            train()
        except _Caught:
            return calls
    raise AssertionError(f"{program.__name__}.train made {len(calls)} calls of {name}, not {count}")


def _around_batch(step: Callable[..., Any]) -> tuple[list[str], str, list[str]]:
    """The names of a step's parameters before its batch, of the batch, and after it."""
    names = list(signature(step).parameters)
    place = next(i for i, name in enumerate(names) if name in ("batch", "example"))
    return names[:place], names[place], names[place + 1 :]


def plain_ops() -> AbstractContextManager[None]:
    """Inside, nets are traced with XLA's own algorithms instead of those of `jaxdl.ops`."""
    from jaxdl import ops

    return ops.plain()


@contextmanager
def mean_gradients() -> Iterator[None]:
    """Inside, a step that is traced takes the mean of loss and gradients over the devices."""
    import jax

    from jaxdl.train import mean_over_devices

    original = jax.value_and_grad

    def value_and_grad(*args: Any, **kwargs: Any) -> Callable[..., Any]:
        own = original(*args, **kwargs)
        return lambda *args, **kwargs: mean_over_devices(own(*args, **kwargs))

    with _replaced(jax, "value_and_grad", value_and_grad):
        yield


_Call = Callable[[Any, Any], tuple[Any, tuple[Any, ...]]]
"""(carry, batch) -> (carry, (loss, ...)), or of many steps at once."""


@dataclass(frozen=True)
class _Step:
    """A lesson's step as one function, and what it starts with.

    Attributes:
        one: (carry, batch) -> (carry, (loss, ...)).
        carry: everything that a step changes.
        donate: the lesson's loop lets a step reuse the memory of the carry.
    """

    one: _Call
    carry: Any
    donate: bool


def _functional_step(case: Case, data: Any, params: Any, order: Any) -> _Step:
    """The step that the lesson's functional program would take first."""
    program = case.lesson.functional
    extra = {} if order is None else {"order": order}

    def train() -> None:
        program.train(case.config, data, params, **extra)

    if hasattr(program, "fit"):  # from lesson 9 on the loop is jaxdl.train's
        (call,) = _first_calls(program, "fit", train, 1)
        on_batch = call["step"]

        def from_fit(state: Any, batch: Any) -> Any:
            state, loss = on_batch(state, batch)
            return state, (loss,)

        return _Step(from_fit, call["state"], donate=True)

    # Lesson 5 compiles its step under another name, lesson 8 inside an epoch.
    name = next(n for n in ("run_epoch", "compiled_step", "step") if hasattr(program, n))
    (call,) = _first_calls(program, name, train, 1)
    step = getattr(program.step, "__wrapped__", program.step)  # without its own jax.jit
    before, _, after = _around_batch(step)
    bound = {name: call[name] for name in after}

    def one(carry: Any, batch: Any) -> Any:
        out = step(*carry, batch, **bound)
        return out[: len(before)], out[len(before) :]

    return _Step(one, tuple(call[name] for name in before), donate=False)


def _jax(name: str, case: Case, dtype: str, threads: int) -> Arm:
    import jax
    import numpy as np

    from jaxdl import train
    from jaxdl.parity import records

    sharded = name == "jax-sharded"
    if sharded and jax.config.values["jax_num_cpu_devices"] != threads:  # before JAX starts
        jax.config.update("jax_num_cpu_devices", threads)
    device = jax.devices()[0]
    if sharded and (device.platform != "cpu" or case.examples(0) % threads):
        raise Unavailable(f"{threads} devices cannot share a batch here")
    _check_dtype(dtype, cpu=device.platform == "cpu")
    jax.config.update("jax_enable_x64", dtype == "float64")
    matmul = "tensorfloat32" if dtype == "tf32" else "highest"
    jax.config.update("jax_default_matmul_precision", matmul)

    precision = "float32" if dtype == "tf32" else dtype
    config = case.lesson.lasting(case.config, 1)  # no more than an epoch's order is needed
    data, params, order = records.started(case.lesson, config, precision, as_torch=True)
    step = _functional_step(case, data, params, order)
    train.trim_after_compiling()  # as `fit` does
    n = len(data[0])
    rows = np.arange(n) if order is None else order[0]
    pieces = rows[: case.batches(n) * case.examples(n)].reshape(-1, case.examples(n))
    data, first = jax.device_put((data, step.carry))

    length = 1
    if sharded:
        devices = tuple(jax.devices())
        data, first = train.replicated((data, first), devices)
        call, inputs, length = _scan_over_order(step, data, pieces, devices)
    elif name.endswith("scan") and case.lesson.shuffles:
        call, inputs, length = _scan_over_order(step, data, pieces)
    else:
        batches = [data]
        if case.lesson.per_example:
            batches = [tuple(column[i] for column in data) for i in range(n)]
        elif not case.one_batch:
            batches = [tuple(column[piece] for column in data) for piece in pieces]
        if name.endswith("scan"):
            length = len(batches) * getattr(case.config, case.lesson.length)
            call, inputs = _scan_over_batches(step, batches, length), [None]
        elif name == "jax-eager":
            call, inputs = step.one, batches
        else:
            donated = (0,) if step.donate else ()
            call, inputs = jax.jit(step.one, donate_argnums=donated), batches
    now: dict[str, Any] = {}

    def restart() -> None:
        now["carry"] = jax.block_until_ready(jax.device_put(first, may_alias=False))
        now["inputs"] = cycle(inputs)

    def run(calls: int) -> np.ndarray:
        carry, outputs = now["carry"], []
        with plain_ops() if "flax" in name else mean_gradients() if sharded else nullcontext():
            for given in islice(now["inputs"], calls):
                carry, out = call(carry, given)
                outputs.append(out)
        now["carry"] = jax.block_until_ready(carry)
        return np.ravel([out[0] for out in jax.device_get(outputs)])

    def device_peak() -> int:
        return (device.memory_stats() or {}).get("peak_bytes_in_use", 0)

    restart()
    peak = None if device.platform == "cpu" else device_peak
    return Arm(restart, run, length, case.examples(n), device.device_kind, peak)


def _scan_over_order(
    step: _Step, data: Any, pieces: np.ndarray, devices: tuple[Any, ...] = ()
) -> tuple[_Call, list[Any], int]:
    """Many steps a call, the batches gathered inside it: the call, its inputs, steps a call."""
    import jax.numpy as jnp

    from jaxdl.train import scan_epoch, sharded_epoch

    count, size = pieces.shape
    length = min(count, LONGEST_SCAN)

    def one(carry: Any, batch: Any) -> tuple[Any, Any]:
        carry, (loss, *_) = step.one(carry, batch)
        return carry, loss

    def call(carry: Any, order: Any) -> Any:
        if devices:
            carry, losses = sharded_epoch(one, carry, data, order, size, devices)
        else:
            carry, losses = scan_epoch(one, carry, data, order, size)
        return carry, (losses,)

    starts = range(0, count - length + 1, length)
    orders = [jnp.asarray(pieces[i : i + length].ravel(), jnp.int32) for i in starts]
    return call, orders, length


def _scan_over_batches(step: _Step, batches: list[Any], length: int) -> _Call:
    """So many steps a call, over the same few batches."""
    import jax
    import jax.numpy as jnp

    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *batches)

    @jax.jit
    def call(carry: Any, _: None) -> Any:
        def body(carry: Any, i: Any) -> Any:
            return step.one(carry, jax.tree.map(lambda leaf: leaf[i % len(batches)], stacked))

        return jax.lax.scan(body, carry, jnp.arange(length))

    return call


def _torch(case: Case, dtype: str, threads: int, mode: str) -> Arm:
    torch = import_torch()
    cuda = torch.cuda.is_available()
    _check_dtype(dtype, cpu=not cuda)
    torch.set_num_threads(threads)
    torch.set_float32_matmul_precision("high" if dtype == "tf32" else "highest")
    torch.backends.cudnn.allow_tf32 = dtype == "tf32"
    if mode == "reduce-overhead" and not cuda:
        raise Unavailable("reduce-overhead is CUDA graphs, which need a GPU")

    program, config = case.lesson.imperative, case.config
    precision = getattr(torch, "float32" if dtype == "tf32" else dtype)
    data = tuple(
        column.to(precision) if column.is_floating_point() else column
        for column in program.examples(config)
    )
    extra = {"dtype": precision} if "dtype" in signature(program.train).parameters else {}
    name = "step_with_closure" if getattr(config, "optimizer", "") == "lbfgs" else "step"
    step = getattr(program, name)
    calls = _first_calls(
        program, name, lambda: program.train(config, data, **extra), case.batches(len(data[0]))
    )
    before, batch, after = _around_batch(step)
    head = [calls[0][name] for name in before]
    tail = [calls[0][name] for name in after]
    batches = [call[batch] for call in calls]
    if cuda:
        head[0].cuda()
        batches = [tuple(column.cuda() for column in columns) for columns in batches]
    if mode:
        for name in ("loss", "gradient"):
            if hasattr(program, name):
                compiled = torch.compile(getattr(program, name), mode=mode, dynamic=False)
                setattr(program, name, compiled)

    stateful = [part for part in head + tail if hasattr(part, "load_state_dict")]
    first = [copy.deepcopy(part.state_dict()) for part in stateful]
    given: list[Iterator[Any]] = []

    def restart() -> None:
        for part, state in zip(stateful, first, strict=True):
            part.load_state_dict(copy.deepcopy(state))
        given[:] = [cycle(batches)]

    def run(calls: int) -> np.ndarray:
        import numpy as np

        out = [step(*head, batch, *tail) for batch in islice(given[0], calls)]
        if cuda:
            torch.cuda.synchronize()
        return np.array([item[0] if isinstance(item, tuple) else item for item in out])

    restart()
    kind = torch.cuda.get_device_name() if cuda else "cpu"
    peak = torch.cuda.max_memory_allocated if cuda else None
    return Arm(restart, run, 1, case.examples(len(data[0])), kind, peak)


def _check_dtype(dtype: str, *, cpu: bool) -> None:
    if cpu and dtype not in ("float32", "float64"):
        raise InputError(f"--dtype {dtype} is for a GPU; a CPU is measured in float32 or float64")
