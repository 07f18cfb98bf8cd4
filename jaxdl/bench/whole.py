"""Whole runs: two programs from the first step to the last, compilation included."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from jaxdl._torch import import_torch
from jaxdl.bench import clock, record, runner

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from jaxdl.bench.runner import Setting
    from jaxdl.bench.work import Case

PROGRAMS = ("imperative", "functional")


def serve(connection: Connection, name: str, case: Case, setting: Setting) -> None:
    """Train once."""
    runner.keep_to(setting.threads)
    if name == "functional":
        import jax

        jax.config.update("jax_enable_compilation_cache", False)
        jax.config.update("jax_enable_x64", setting.dtype == "float64")
    else:
        import_torch().set_num_threads(setting.threads)
    run = case.whole_run(name, setting.dtype)
    start = time.perf_counter()
    losses = run.train()
    seconds = time.perf_counter() - start
    first = losses[: runner.COMPARED].tolist()
    facts = (run.examples, run.epochs, run.device, run.devices)
    connection.send((seconds, first, len(losses), *facts))


def measure(
    case: Case, setting: Setting, runs: int, made: record.Record, tell: Callable[[str], None]
) -> list[record.Record]:
    """Run the two programs in turn, each time in a new process.

    Args:
        case: what is trained.
        setting: dtype and threads.
        runs: how often.
        made: what `record.origin` gave.
        tell: called with a line about what is going on.

    Returns:
        Two records: "train_s" is the call of `train` with all that it compiles, "process_s" the
        whole process, from its start through imports and data to the last loss, "devices" among
        how many each batch was shared out (1 in records of before it was there).

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
            with runner.Child(f"{case.title}: {name}", serve, name, case, setting) as child:
                answer = child.receive()
                found[name].append((time.perf_counter() - start, *answer))
    out = []
    for name, taken in found.items():
        process_s, train_s, losses, steps, *facts = zip(*taken, strict=True)
        examples, epochs, device, devices = (fact[0] for fact in facts)
        errors = record.loss_errors(losses[0], found[PROGRAMS[0]][0][2])
        out.append(
            record.common(case, setting, name, device, PROGRAMS[0], errors)
            | {
                "batch_size": examples,
                "steps": steps[0],
                "epochs": epochs,
                "devices": devices,
                "train_s": clock.spread(train_s),
                "process_s": clock.spread(process_s),
            }
            | made
        )
    return out
