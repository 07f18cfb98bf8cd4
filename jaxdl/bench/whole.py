"""Whole runs: a lesson's two programs from the first step to the last, compilation included."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jaxdl._torch import import_torch
from jaxdl.bench import clock, record, runner
from jaxdl.parity import records

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from jaxdl.bench.cases import Case
    from jaxdl.bench.runner import Setting

PROGRAMS = ("imperative", "functional")
RUNS = 5


def serve(connection: Connection, name: str, case: Case, setting: Setting) -> None:
    """Train once, as `jaxdl run --like-torch` does or as the twin's `main`."""
    runner.keep_to(setting.threads)
    train, n, device = {"imperative": _imperative, "functional": _functional}[name](case, setting)
    start = time.perf_counter()
    history = train()
    seconds = time.perf_counter() - start
    losses = records.flat_losses(history)
    first = losses[: runner.COMPARED].tolist()
    connection.send((seconds, first, len(losses), case.examples(n), device))


def _functional(case: Case, setting: Setting) -> tuple[Callable[[], Any], int, str]:
    import jax

    jax.config.update("jax_enable_compilation_cache", False)
    jax.config.update("jax_enable_x64", setting.dtype == "float64")
    lesson, program = case.lesson, case.lesson.functional
    data, params, order = records.started(lesson, case.config, setting.dtype, as_torch=True)
    extra: dict[str, Any] = {"order": order} if lesson.shuffles else {}
    if lesson.resumable:
        extra["test"] = records.floating_as(program.test_examples(case.config), setting.dtype)

    def train() -> Any:
        _, history = jax.block_until_ready(program.train(case.config, data, params, **extra))
        return history

    return train, len(data[0]), jax.devices()[0].device_kind


def _imperative(case: Case, setting: Setting) -> tuple[Callable[[], Any], int, str]:
    from inspect import signature

    torch = import_torch()
    torch.set_num_threads(setting.threads)
    dtype, program = getattr(torch, setting.dtype), case.lesson.imperative

    def cast(columns: Any) -> Any:
        return tuple(c.to(dtype) if c.is_floating_point() else c for c in columns)

    data = cast(program.examples(case.config))
    extra: dict[str, Any] = {}
    if case.lesson.resumable:
        extra["test"] = cast(program.test_examples(case.config))
    if "dtype" in signature(program.train).parameters:
        extra["dtype"] = dtype
    return lambda: program.train(case.config, data, **extra)[1], len(data[0]), "cpu"


def measure(
    case: Case, setting: Setting, runs: int, made: record.Record, tell: Callable[[str], None]
) -> list[record.Record]:
    """Run the two programs in turn, each time in a new process.

    Args:
        case: what is trained, for its Config's number of epochs.
        setting: dtype and threads.
        runs: how often.
        made: what `record.origin` gave.
        tell: called with a line about what is going on.

    Returns:
        Two records: "train_s" is the call of `train` with all that it compiles, "process_s" the
        whole process, from its start through imports and data to the last loss.

    Raises:
        ArmFailed: a child process broke off.
        InputError: there is no PyTorch, or no data.
    """
    found: dict[str, list[Any]] = {name: [] for name in PROGRAMS}
    for turn in range(runs):
        for name in PROGRAMS:
            tell(f"{case.title}: whole run {turn + 1} of {runs}, {name}")
            time.sleep(runner.PAUSE)
            start = time.perf_counter()
            with runner.Child(name, serve, name, case, setting) as child:
                answer = child.receive()
                found[name].append((time.perf_counter() - start, *answer))
    out = []
    for name, taken in found.items():
        process_s, train_s, losses, steps, examples, device = zip(*taken, strict=True)
        errors = record.loss_errors(losses[0], found[PROGRAMS[0]][0][2])
        out.append(
            record.common(case, setting, name, device[0], PROGRAMS[0], errors)
            | {
                "batch_size": examples[0],
                "steps": steps[0],
                "epochs": getattr(case.config, case.lesson.length),
                "train_s": clock.spread(train_s),
                "process_s": clock.spread(process_s),
            }
            | made
        )
    return out
