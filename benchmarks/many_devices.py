"""Lesson 20 on this machine's cores: equal to one device, what travels, what fails.

`python -m benchmarks.many_devices` writes `benchmarks/results/many_devices.json`; with the name of
a part, `faults`, `twins`, `checkpoint` or a layout as `2x4`, it writes that part anew. All in
float64. Of every layout, processes × devices, and every strategy: how far the losses of 100 steps
are from one device's, the collectives of the compiled step beside the bytes that were predicted,
and what a device holds. PyTorch's DDP and FSDP on gloo, the same numbers. A run of four processes
that two go on with. And for each planted fault, the sentence that names the culprit and the seconds
until then.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from jaxdl.course.document import environment
from jaxdl.train import ProcessFailed
from lessons.l20_many_devices import STRATEGIES
from lessons.l20_many_devices.processes.functional import FAULTS
from lessons.l20_many_devices.processes.launch import launch

RESULT = Path(__file__).parent / "results" / "many_devices.json"
LAYOUTS = ((1, 8), (2, 4), (4, 2), (8, 1))
CONFIG = {"layers": 2, "heads": 8, "width": 16, "context": 16, "batch_size": 16}
DEEPER = {"layers": 8}  # the pipeline's net: a block a device
STEPS = 100
KEPT = ("counted", "predicted", "held", "held_predicted", "temporary")


def alone() -> dict[str, np.ndarray]:
    """The losses of one process with one device: by strategy, of which each has its net."""
    given = {"strategies": ["data", "pipeline"], "steps": STEPS}
    [found] = launch("learn", 1, config=CONFIG, pipeline=DEEPER, **given)
    return {
        name: np.array(found["pipeline" if name == "pipeline" else "data"]["losses"])
        for name in STRATEGIES
    }


def apart(losses: list[float], expected: np.ndarray) -> float:
    """The largest relative difference of a step's loss."""
    return float(np.max(np.abs(np.array(losses) - expected) / np.abs(expected)))


def layout(processes: int, devices: int) -> dict[str, Any]:
    """Every strategy with so many processes of so many devices each."""
    begun, expected = time.monotonic(), alone()
    given = {"strategies": list(STRATEGIES), "steps": STEPS, "config": CONFIG, "pipeline": DEEPER}
    everybody = launch("learn", processes, devices, timeout=1200, **given)
    entry: dict[str, Any] = {"seconds": round(time.monotonic() - begun, 1)}
    for name in STRATEGIES:
        entry[name] = {
            "apart": max(apart(own[name]["losses"], expected[name]) for own in everybody),
            "rows_read": sum(len(own[name]["rows"]) for own in everybody),
            **{key: everybody[0][name][key] for key in KEPT},
        }
    print(f"{processes}x{devices}: {entry['seconds']} s", flush=True)
    return entry


def twins() -> dict[str, Any]:
    """DDP and FSDP, by the number of processes."""
    expected, found = alone(), {}
    for processes in (2, 4):
        for wrapping in ("ddp", "fsdp"):
            given = {"wrapping": wrapping, "steps": STEPS, "config": CONFIG}
            all_ = launch("learn", processes, framework="imperative", **given)
            found[f"{wrapping} {processes}"] = {
                "apart": max(apart(own["losses"], expected["data"]) for own in all_),
                "held": all_[0]["held"],
            }
            print(wrapping, processes, found[f"{wrapping} {processes}"], flush=True)
    return found


def checkpoint() -> dict[str, Any]:
    """Half of the steps by four processes, the others by two."""
    expected, half = alone(), STEPS // 2
    with tempfile.TemporaryDirectory() as folder:
        given = {"strategies": ["fsdp"], "config": CONFIG}
        launch("learn", 4, steps=half, save=folder, **given)
        files = {path.name: path.stat().st_size for path in sorted(Path(folder).rglob("*.saf*"))}
        [after, *_] = launch("learn", 2, steps=STEPS, first=half, load=folder, **given)
    return {"files": files, "apart": apart(after["fsdp"]["losses"], expected["fsdp"][half:])}


def faults() -> dict[str, Any]:
    """Of four processes the third is the culprit."""
    found = {}
    for fault in FAULTS:
        with tempfile.TemporaryDirectory() as folder:
            mark = Path(folder) / "mark"
            given = {"fault": fault, "culprit": 2, "mark": str(mark), "config": CONFIG}
            try:
                launch("faulty", 4, patience=5, **given)
            except ProcessFailed as error:
                seconds = time.time() - float(mark.read_text("utf-8"))
                found[fault] = {"told": str(error), "right": error.process == 2}
                found[fault]["seconds"] = round(seconds, 1)
        print(fault, found.get(fault), flush=True)
    return found


PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "faults": faults,
    "twins": twins,
    "checkpoint": checkpoint,
    **{f"{p}x{d}": partial(layout, p, d) for p, d in LAYOUTS},
}


def main(arguments: list[str]) -> None:
    """Run the parts, and write each as it is done."""
    for name in arguments or PARTS:
        document = json.loads(RESULT.read_text("utf-8")) if RESULT.is_file() else {}
        part = PARTS[name]()
        if "x" in name:
            document.setdefault("layouts", {})[name] = part
        else:
            document[name] = part
        document["config"], document["pipeline"], document["steps"] = CONFIG, DEEPER, STEPS
        document["environment"] = environment()
        RESULT.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
