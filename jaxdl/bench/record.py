"""What a measurement leaves behind: JSON that says all that is needed to judge and repeat it."""

from __future__ import annotations

import json
import math
import os
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxdl._environment import cores, memory_bytes, processor, system, versions
from jaxdl.bench import clock, runner
from jaxdl.errors import InputError
from jaxdl.parity.tolerances import TOLERANCES

if TYPE_CHECKING:
    from jaxdl.bench.runner import Setting, Timed
    from jaxdl.bench.work import Case

Record = dict[str, Any]

SCHEMA = 1
COMMON = {
    "schema": int,
    "lesson": str,
    "variant": dict,  # {"name", "title", "config"}
    "arm": str,
    "device": str,
    "batch_size": int,  # examples a step
    "dtype": str,
    "threads": int,
    "steps": int,  # that were timed
    "agrees": bool,
    "against": str,  # the arm that its losses agree with
    "loss_error": float,  # the largest one of the compared steps
    "versions": dict,
    "machine": dict,
    "commit": str,
    "command": str,
    "date": str,
}
STEPS = COMMON | {
    "mode": str,  # of torch.compile; empty for the others
    "compile_s": float,
    "first_step_s": float,
    "step_s": dict,
    "examples_per_s": float,
    "memory_before_bytes": int,
    "peak_memory_bytes": int,
}
WHOLE = COMMON | {"epochs": int, "train_s": dict, "process_s": dict}
"""A record of `jaxdl bench --whole`."""
SECOND = {"second_train_s": dict, "second_process_s": dict}
"""Of ours in a whole run, too, unless the record is of before it was measured."""

FEWEST = {"step_s": runner.BLOCKS} | dict.fromkeys(["train_s", "process_s", *SECOND], 3)
"""Measurements of each."""
PACKAGES = ("jax", "jaxlib", "flax", "optax", "numpy", "torch")

LOOSER = {"tf32": 1e-3, "bfloat16": 2e-2}  # one unit of tf32's mantissa, five of bfloat16's
APART = 1e-3
"""How far losses may differ after the first step where rounding makes two programs part
(`Case.diverges`): a wrong update is further off within the compared steps."""


def loss_errors(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """The differences of two runs' losses, over the largest of `theirs`; infinite for a NaN."""
    if len(ours) != len(theirs):
        raise ValueError(f"the runs have {len(ours)} and {len(theirs)} steps")
    scale = max(map(abs, theirs), default=1.0) or 1.0
    errors = [abs(a - b) / scale for a, b in zip(ours, theirs, strict=True)]
    return [error if math.isfinite(error) else math.inf for error in errors]


def agrees(errors: Sequence[float], dtype: str, *, diverges: bool) -> bool:
    """Whether two runs computed the same, step by step.

    Args:
        errors: as `loss_errors` gives them.
        dtype: of the runs.
        diverges: rounding alone makes them part after the first step.
    """
    limit = LOOSER.get(dtype) or TOLERANCES[dtype, "trajectory"]
    later = max(limit, APART) if diverges and dtype != "float64" else limit
    return errors[0] <= limit and all(error <= later for error in errors[1:])


def commit() -> str:
    """The commit that is checked out here, "-dirty" where files differ from it.

    Results of benchmarks are not among these files.

    Raises:
        InputError: this is no git repository.
    """
    home = Path(__file__).parents[2]

    def git(*words: str) -> str:
        return subprocess.run(
            ["git", "-C", str(home), *words], check=True, capture_output=True, text=True
        ).stdout.strip()

    try:
        head = git("rev-parse", "HEAD")
        changed = git("status", "--porcelain", "--", ".", ":!benchmarks/results")
    except (OSError, subprocess.CalledProcessError):
        raise InputError(
            "a result names the commit that it is of, and this is no git repository; "
            "leave --json out, or measure in a clone"
        ) from None
    return head + ("-dirty" if changed else "")


def machine() -> dict[str, Any]:
    """What computed: processor, cores, memory, system, and what the environment asks for."""
    wishes = ("XLA_FLAGS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "KMP_BLOCKTIME")
    return {
        "cpu": processor(),
        "cores": cores(),
        "memory_bytes": memory_bytes(),
        "platform": system(),
        "load": os.getloadavg()[0],  # runs that waited for a core, over the last minute
        "environment": {name: os.environ[name] for name in wishes if name in os.environ},
    }


def origin(command: str, of: str | None = None) -> Record:
    """The fields that say where, when and how: made once, before the first measurement.

    Args:
        command: what was typed.
        of: the commit; None: the one that is checked out here.

    Raises:
        InputError: there is no commit to name.
    """
    return {
        "versions": versions(*PACKAGES),
        "machine": machine(),
        "commit": of or commit(),
        "command": command,
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def records(case: Case, setting: Setting, found: Sequence[Timed], made: Record) -> list[Record]:
    """A record an arm.

    Args:
        case: what was trained.
        setting: how.
        found: the measurements; losses are compared with the first one's.
        made: what `origin` gave, or {} for records that are not to be kept.
    """
    out = []
    for timed in found:
        ready, step_s = timed.ready, clock.spread(timed.step_s)
        errors = loss_errors(ready.losses, found[0].ready.losses)
        out.append(
            common(case, setting, ready.name, ready.device, found[0].ready.name, errors)
            | {
                "mode": ready.mode,
                "steps": ready.block_steps * len(timed.step_s),
                "compile_s": timed.compile_s,
                "first_step_s": ready.first_step_s,
                "step_s": step_s,
                "examples_per_s": timed.ready.examples / step_s["median"],
                "batch_size": timed.ready.examples,
                "memory_before_bytes": timed.memory_before_bytes,
                "peak_memory_bytes": timed.peak_memory_bytes,
            }
            | made
        )
    return out


def common(
    case: Case, setting: Setting, arm: str, device: str, against: str, errors: Sequence[float]
) -> Record:
    """The fields that records of steps and of whole runs begin with."""
    return {
        "schema": SCHEMA,
        **case.labels,
        "arm": arm,
        "device": device,
        "dtype": setting.dtype,
        "threads": setting.threads,
        "agrees": agrees(errors, setting.dtype, diverges=case.diverges),
        "against": against,
        "loss_error": min(max(errors), 1e308),  # JSON has no infinity
    }


def check(record: Any, where: str) -> Record:
    """The record, if it is complete.

    Raises:
        InputError: a field is missing, of another type, not a number, or of too few measurements;
            the message begins with `where` and names the field.
    """
    if not isinstance(record, dict):
        raise InputError(f"{where}: a record is a JSON object")
    wanted = WHOLE if "train_s" in record else STEPS
    wanted = wanted | (SECOND if "second_train_s" in record else {})
    for name, kind in wanted.items():
        if name not in record:
            raise InputError(f"{where}: the record has no {name!r}")
        value = record[name]
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise InputError(f"{where}: {name!r} is {value!r}, not of type {kind.__name__}")
        if kind in (int, float) and not (math.isfinite(value) and value >= 0):
            raise InputError(f"{where}: {name!r} is {value!r}, not a number from 0 on")
        if kind is str and not value and name != "mode":
            raise InputError(f"{where}: {name!r} is empty")
    for name, fewest in FEWEST.items():
        if name in wanted:
            _check_spread(record[name], name, fewest, where)
    for name in ("versions", "machine", "variant"):
        if not record[name]:
            raise InputError(f"{where}: {name!r} is empty")
    return record


def _check_spread(spread: dict[str, Any], name: str, fewest: int, where: str) -> None:
    values = [spread.get(key) for key in ("q1", "median", "q3")]
    numbers = [value for value in values if isinstance(value, (int, float)) and value > 0]
    if len(numbers) < 3 or not all(map(math.isfinite, numbers)) or numbers != sorted(numbers):
        raise InputError(f"{where}: {name!r} needs numbers q1 <= median <= q3, above 0")
    n = spread.get("n")
    if type(n) is not int or n < fewest:
        raise InputError(f"{where}: {name!r} is of {n!r} measurements, at least {fewest} are due")


def read(folder: Path) -> list[Record]:
    """All records of a folder's JSON files.

    Raises:
        InputError: there are none, or one of them is incomplete.
    """
    files = sorted(folder.glob("*.json"))
    if not files:
        raise InputError(f"{folder} holds no results; `jaxdl bench all --json FILE` measures some")
    found = []
    for file in files:
        try:
            document = json.loads(file.read_text("utf-8"))
        except ValueError as error:
            raise InputError(f"{file}: not JSON: {error}") from None
        if isinstance(document, dict) and isinstance(document.get("records"), list):
            document = document["records"]  # with words about the whole beside them
        if not isinstance(document, list):
            raise InputError(f"{file}: results are a list of records")
        found += [check(record, f"{file}, record {i}") for i, record in enumerate(document)]
    return found
