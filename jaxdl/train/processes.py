"""Several processes on this machine that compute one thing, and who of them is to blame.

Processes that share a computation wait for each other in every collective. Where one of them does
not come, comes with something else, or is dead, the others wait for ever, or break off with an
error that speaks of a closed connection and not of the cause. So each says, with `say`, what it is
about to do; `run` hears all of them, compares, and ends them as soon as one is found that does
otherwise. What is said goes through the process's own output: nobody waits for it.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

MARK, RESULT = "\x1esay ", "\x1eresult "
PATIENCE = 5.0


class ProcessFailed(RuntimeError):
    """One of several processes is to blame; the message says which, and for what.

    Attributes:
        process: its number.
    """

    def __init__(self, process: int, message: str):
        super().__init__(f"process {process} {message}")
        self.process = process


def say(**facts: Any) -> None:
    """In one of the processes: what it is about to do, the same in all of them.

    Args:
        facts: numbers and strings: the step, the program, the batch's shape, a checksum.
    """
    print(f"{MARK}{json.dumps(facts)}", flush=True)


def give(value: Any) -> None:
    """In one of the processes: its result, which JSON can hold."""
    print(f"{RESULT}{json.dumps(value)}", flush=True)


def join() -> None:
    """In one of the processes, before JAX is first used: one of as many as `run` has started.

    From here on `jax.devices()` are those of all processes, `jax.local_devices()` its own; CPUs
    send each other their numbers by gloo. Does nothing in a process that `run` has not started.
    """
    if "JAXDL_PROCESSES" not in os.environ:
        return
    import jax

    jax.config.update("jax_num_cpu_devices", int(os.environ["JAXDL_DEVICES"]))
    if (count := int(os.environ["JAXDL_PROCESSES"])) > 1:
        jax.config.update("jax_cpu_collectives_implementation", "gloo")
        jax.distributed.initialize(
            os.environ["JAX_COORDINATOR_ADDRESS"], count, int(os.environ["JAXDL_PROCESS"])
        )


def run(
    arguments: Sequence[str],
    processes: int,
    devices: int = 1,
    *,
    timeout: float = 600.0,
    patience: float = PATIENCE,
    env: Mapping[str, str] | None = None,
) -> list[Any]:
    """Start so many Python processes, and wait until all are done.

    Each finds in its environment who it is: for `join`, and for PyTorch's
    `torch.distributed.init_process_group`, which reads RANK, WORLD_SIZE and the master's address.

    Args:
        arguments: of Python: ["-m", "package.module", ...].
        processes, devices: how many, and how many CPU devices each of them has.
        timeout: seconds for all of it.
        patience: seconds that a process may stay silent after the others have said what comes
            next, and wait for it. Not before the second thing said: first, programs are compiled.
        env: more of their environment.

    Returns:
        What each gave.

    Raises:
        ProcessFailed: one did otherwise than the others, stayed silent, broke off or is dead.
        TimeoutError: nobody is to blame, and it takes too long.
    """
    port = _free_port()
    common = {
        **os.environ,
        "JAXDL_PROCESSES": str(processes),
        "JAXDL_DEVICES": str(devices),
        "JAX_COORDINATOR_ADDRESS": f"127.0.0.1:{port}",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
        "WORLD_SIZE": str(processes),
        "OMP_NUM_THREADS": "1",
        **(env or {}),
    }
    heard: queue.Queue[tuple[float, int, str, str]] = queue.Queue()
    started = [
        subprocess.Popen(
            [sys.executable, *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**common, "JAXDL_PROCESS": str(i), "RANK": str(i), "LOCAL_RANK": str(i)},
        )
        for i in range(processes)
    ]
    listeners = [
        threading.Thread(target=_listen, args=(i, process, heard), daemon=True)
        for i, process in enumerate(started)
    ]
    try:
        for listener in listeners:
            listener.start()
        return _watch(heard, processes, time.monotonic() + timeout, patience)
    finally:
        for process in started:
            process.kill()
        for process, listener in zip(started, listeners, strict=True):
            process.wait()
            listener.join()


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _listen(i: int, process: subprocess.Popen[str], heard: queue.Queue[Any]) -> None:
    """What it prints, line by line, then how it ended, into the one queue of all."""
    assert process.stdout is not None
    assert process.stderr is not None
    errors: list[str] = []
    with process.stdout as told, process.stderr as complaints:
        reader = threading.Thread(target=errors.extend, args=(complaints,), daemon=True)
        reader.start()
        for line in told:
            for mark, kind in ((MARK, "say"), (RESULT, "result")):
                if line.startswith(mark):
                    heard.put((time.monotonic(), i, kind, line.removeprefix(mark)))
        code = process.wait()
        reader.join()
    heard.put((time.monotonic(), i, "end", "" if code == 0 else _why(code, errors)))


def _why(code: int, errors: list[str]) -> str:
    """How a process ended, and the last line that says why."""
    if code < 0:
        return f"is dead: {signal.Signals(-code).name}"
    told = [line.strip() for line in errors if line.strip()]
    last = next((line for line in reversed(told) if "Error" in line), told[-1] if told else "")
    return f"broke off with exit code {code}: {last}"


def _watch(
    heard: queue.Queue[tuple[float, int, str, str]], processes: int, end: float, patience: float
) -> list[Any]:
    said: list[list[dict[str, Any]]] = [[] for _ in range(processes)]
    last = [time.monotonic()] * processes  # when each was heard last
    ended: dict[int, str] = {}
    broken: tuple[float, int, str] | None = None
    results: list[Any] = [None] * processes
    while len(ended) < processes:
        try:
            when, i, kind, text = heard.get(timeout=0.1)
        except queue.Empty:
            when, i, kind, text = time.monotonic(), -1, "", ""
        if kind == "say":
            said[i].append(json.loads(text))
            last[i] = when
            _compare(said, len(said[i]) - 1)
        elif kind == "result":
            results[i] = json.loads(text)
        elif kind == "end":
            ended[i] = text
            if text and not broken:
                broken = when, i, text  # the first; the others break off on its account
        now = time.monotonic()
        if broken and (now > broken[0] + 0.5 or len(ended) == processes):  # all that was said is in
            raise ProcessFailed(broken[1], broken[2])
        if not broken:
            _wait(said, last, set(ended), now, patience)
        if now > end:
            raise TimeoutError(f"the {processes} processes are not done; the last that they said: "
                               f"{[facts[-1:] for facts in said]}")  # fmt: skip
    return results


def _compare(said: list[list[dict[str, Any]]], turn: int) -> None:
    """Blame the one whose facts are not the majority's, as soon as all are there.

    Where two stand against two, the first process is taken for right. Not all must be there for a
    verdict: a majority that agrees is enough.
    """
    there = {i: facts[turn] for i, facts in enumerate(said) if len(facts) > turn}
    spoken = {i: json.dumps(facts, sort_keys=True) for i, facts in there.items()}
    (common, votes), *others = Counter(spoken.values()).most_common()
    if not others or (len(there) < len(said) and votes * 2 <= len(said)):
        return
    if others[0][1] == votes and 0 in spoken:
        common = spoken[0]
    wrong = next(i for i, facts in spoken.items() if facts != common)
    right = json.loads(common)
    apart = [
        name for name in {**right, **there[wrong]} if right.get(name) != there[wrong].get(name)
    ]
    message = "; ".join(
        f"has {name} {there[wrong].get(name)}, the others {right.get(name)}" for name in apart
    )
    raise ProcessFailed(wrong, message)


def _wait(
    said: list[list[dict[str, Any]]],
    last: list[float],
    ended: set[int],
    now: float,
    patience: float,
) -> None:
    """Blame the one for whom the others have waited too long."""
    furthest = max(map(len, said))
    behind = [i for i, facts in enumerate(said) if len(facts) < furthest]
    if not behind or furthest < 2:
        return
    wrong = min(behind, key=lambda i: len(said[i]))
    came = max(last[i] for i, facts in enumerate(said) if len(facts) == furthest)
    over = wrong in ended
    if over or now > came + patience:
        what = "is over" if over else "does not come"
        turn = next(facts for facts in said if len(facts) == furthest)[-1]
        raise ProcessFailed(wrong, f"{what}, the others are at {turn}")
