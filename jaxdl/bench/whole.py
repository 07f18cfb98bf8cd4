"""Whole runs: two programs from the first step to the last, compilation included."""

from __future__ import annotations

import time
from collections.abc import Callable
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from jaxdl._torch import import_torch
from jaxdl.bench import clock, record, runner

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from jaxdl.bench.runner import Setting
    from jaxdl.bench.work import Case

PROGRAMS = ("imperative", "functional")
STARTS = (*PROGRAMS, "functional again")


def serve(connection: Connection, name: str, case: Case, setting: Setting, cache: str) -> None:
    """Train once; what JAX compiles is kept in the folder `cache`, or taken from there."""
    runner.keep_to(setting.threads)
    if name == "functional":
        import jax

        jax.config.update("jax_compilation_cache_dir", cache)
        jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)
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
    """Run the two programs in turn, each time in a new process, and ours once more.

    Args:
        case: what is trained.
        setting: dtype and threads.
        runs: how often.
        made: what `record.origin` gave.
        tell: called with a line about what is going on.

    Returns:
        Two records: "train_s" is the call of `train` with all that it compiles, "process_s" the
        whole process, from its start through imports and data to the last loss, "devices" among
        how many each batch was shared out (1 in records of before it was there). Ours begins with
        an empty folder for what it compiles; "second_train_s" and "second_process_s" are of the
        same run once more, which finds it there.

    Raises:
        ArmFailed: a child process broke off.
        InputError: there is no PyTorch, or no data.
    """
    found: dict[str, list[Any]] = {name: [] for name in STARTS}
    for turn in range(runs):
        with TemporaryDirectory(prefix="jaxdl-bench-") as cache:
            for start, name in zip(STARTS, (*PROGRAMS, PROGRAMS[1]), strict=True):
                tell(f"{case.title}: whole run {turn + 1} of {runs}, {start}")
                time.sleep(runner.PAUSE)
                mark = time.perf_counter()
                title = f"{case.title}: {start}"
                with runner.Child(title, serve, name, case, setting, cache) as child:
                    answer = child.receive()
                    found[start].append((time.perf_counter() - mark, *answer))
    again_process_s, again_train_s, again, *_ = zip(*found.pop(STARTS[2]), strict=True)
    out = []
    for name, taken in found.items():
        process_s, train_s, losses, steps, *facts = zip(*taken, strict=True)
        examples, epochs, device, devices = (fact[0] for fact in facts)
        theirs = found[PROGRAMS[0]][0][2]
        errors = record.loss_errors(losses[0], theirs)
        second: dict[str, Any] = {}
        if name == PROGRAMS[1]:
            errors = list(map(max, errors, record.loss_errors(again[0], theirs)))
            second = {
                "second_train_s": clock.spread(again_train_s),
                "second_process_s": clock.spread(again_process_s),
            }
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
            | second
            | made
        )
    return out
