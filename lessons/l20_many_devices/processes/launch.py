"""Start the lesson in several processes, and hear what each of them has to give."""

import json

from jaxdl.train import processes

FOLDER = "lessons.l20_many_devices.processes"


def launch(
    task, count, devices=1, *, framework="functional", patience=60.0, timeout=300.0, **given
):
    """What each process gives.

    Args:
        task: a function of `functional.py` or, by `framework`, of `imperative.py` beside this.
        count: of processes.
        devices: of each process.
        patience, timeout: in seconds, as in `jaxdl.train.processes.run`.
        given: the task's arguments, as JSON can hold them.

    Raises:
        jaxdl.train.ProcessFailed: names the process that is to blame.
    """
    arguments = ["-m", f"{FOLDER}.{framework}", task, json.dumps(given)]
    return processes.run(arguments, count, devices, patience=patience, timeout=timeout)
