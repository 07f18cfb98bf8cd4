"""Arms in processes of their own, asked in turn for a block of steps each.

Each arm has a child process, so that its threads, its cores and its peak of memory are its own. The
children get ready one after the other: none compiles while another is looked at. Then the parent
goes round: a block of the first arm, a block of the second, ..., and again, so that whatever else
the machine does meets all arms alike. Every block begins at the initial parameters, which are put
back before the clock starts: all blocks of an arm do the same work, and none trains for so long
that its numbers become unlike those of a real run.
"""

from __future__ import annotations

import json
import math
import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from jaxdl._environment import usable_cores
from jaxdl.bench import arms, clock
from jaxdl.bench.arms import Unavailable
from jaxdl.errors import InputError

if TYPE_CHECKING:
    from jaxdl.bench.work import Case

COMPARED = 20  # steps whose losses must agree before anything is timed
BLOCK_SECONDS = 0.3
BLOCKS = 15  # a record's least number of blocks
TRACED = 3  # calls of an arm that a profiler looks at
PAUSE = 0.1  # s; a pool of threads spins for a while after its work, and would disturb the next arm

COMPILER = {"TORCHINDUCTOR_VEC_ISA_OK": "1"}
"""Take the vector instructions that the processor says it has. Else PyTorch tries them in a process
that has a minute for it, which on a busy machine is too short: its code is then slow in silence."""
SHARED = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
"""Several processes have one GPU: none takes most of its memory at the start."""
START = """
import json, sys
sys.path[:] = json.loads(sys.argv[1])
from jaxdl.bench.runner import child
child(int(sys.argv[2]))
"""


class ArmFailed(Exception):
    """A child process broke off; the message is one line that names the arm."""


class TooLate(ArmFailed):
    """A child process has not answered in the time it had."""


@dataclass(frozen=True)
class Setting:
    """What all arms have in common.

    Attributes:
        dtype: one of `arms.DTYPES`.
        threads: cores, for either framework.
        blocks: how often each arm is asked.
        block_seconds: how long a block lasts, about.
    """

    dtype: str = "float32"
    threads: int = 1
    blocks: int = BLOCKS
    block_seconds: float = BLOCK_SECONDS


@dataclass(frozen=True)
class Ready:
    """An arm that has taken its first steps.

    Attributes:
        name: one of `arms.ARMS`.
        mode: of `arms.MODES`; "" for an arm that has none.
        losses: of the first `COMPARED` steps.
        first_step_s: from the first call until its losses are there, compilation included; for a
            scan the first call is many steps.
        warm_s: of the calls that hold the first `COMPARED` steps, compilation included.
        warm_steps: how many steps these calls were.
        step_s: of a step afterwards, a first look.
        block_steps: steps a block.
        examples: examples a step.
        device: in words.
    """

    name: str
    mode: str
    losses: list[float]
    first_step_s: float
    warm_s: float
    warm_steps: int
    step_s: float
    block_steps: int
    examples: int
    device: str


@dataclass(frozen=True)
class Timed:
    """An arm and its measurement.

    Attributes:
        ready: its first steps.
        step_s: seconds a step, one number a block.
        memory_before_bytes: of the process, before the first step.
        peak_memory_bytes: of the process, or of the device where it has memory of its own.
    """

    ready: Ready
    step_s: list[float]
    memory_before_bytes: int
    peak_memory_bytes: int

    @property
    def compile_s(self) -> float:
        """What the first steps took beyond what so many steps take later."""
        later = self.ready.warm_steps * clock.spread(self.step_s)["median"]
        return max(self.ready.warm_s - later, 0.0)


def keep_to(threads: int) -> None:
    """Keep this process to so many cores: JAX has as many threads as it may use cores."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, usable_cores()[:threads])


def serve(connection: Connection, name: str, case: Case, setting: Setting, mode: str) -> None:
    """An arm's process: get ready, then a block of steps whenever the parent asks for one."""
    keep_to(setting.threads)
    if name in arms.JAX:
        import jax

        jax.config.update("jax_enable_compilation_cache", False)  # what compiling costs is measured
    arm = arms.build(name, case, setting.dtype, setting.threads, mode)
    clock.forget_peak()
    before = clock.resident()
    ready, calls = _get_ready(arm, name, setting.block_seconds, mode)
    connection.send(ready)
    while (asked := connection.recv()) != "end":
        arm.restart()
        if asked == "block":
            seconds, _ = _timed(arm, calls)
            connection.send(seconds / (calls * arm.steps))
        else:  # a folder: a look by the profiler, once all is timed
            connection.send(traced(arm, lambda: arm.run(TRACED), asked))
    connection.send((before, arm.peak() if arm.peak else clock.peak()))


def traced(arm: arms.Arm | arms.Called, run: Callable[[], Any], folder: str) -> str:
    """Have the arm's profiler look at what runs; the folder that holds what it wrote."""
    assert arm.tracing is not None
    with arm.tracing(folder):
        run()
    return folder


def _timed(arm: arms.Arm, calls: int) -> tuple[float, Any]:
    start = time.perf_counter()
    losses = arm.run(calls)
    return time.perf_counter() - start, losses


def _get_ready(arm: arms.Arm, name: str, seconds: float, mode: str) -> tuple[Ready, int]:
    """Take the first steps; find how many calls make a block."""
    try:
        first_step_s, losses = _timed(arm, 1)
    except Exception as error:
        if not mode:
            raise
        first_line = (str(error).splitlines() or [""])[0]  # no compiler, or not of this net
        raise Unavailable(f"{type(error).__name__}: {first_line}") from error
    more = max(-(-COMPARED // arm.steps) - 1, 0)
    more_s, rest = _timed(arm, more) if more else (0.0, [])
    calls = 1
    while (taken := _timed(arm, calls)[0]) < min(seconds, 0.05):
        calls *= 2
    call_s = taken / calls
    calls = max(1, math.ceil(seconds / call_s))
    ready = Ready(
        name=name,
        mode=mode,
        losses=[float(loss) for loss in [*losses, *rest][:COMPARED]],
        first_step_s=first_step_s,
        warm_s=first_step_s + more_s,
        warm_steps=(1 + more) * arm.steps,
        step_s=call_s / arm.steps,
        block_steps=calls * arm.steps,
        examples=arm.examples,
        device=arm.device,
    )
    return ready, calls


def child(handle: int) -> None:
    """What a child process runs: `function(connection, *args)`, which comes through the pipe.

    An error is sent to the parent.
    """
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C: the parent ends its children
    os.dup2(2, 1)  # what a user's function prints is not what the command prints
    connection = Connection(handle)
    try:
        function, args = connection.recv()
        function(connection, *args)
    except (EOFError, BrokenPipeError, ConnectionResetError):  # the parent is gone
        pass
    except (InputError, Unavailable) as error:
        connection.send(error)
    except Exception as error:
        text = " ".join(f"{type(error).__name__}: {error}".split())
        connection.send(ArmFailed(text[:300]))


class Child:
    """A process and the pipe to it; use it as a context, which ends the process.

    It is a new Python that knows nothing of this one's main program: what it holds in memory is its
    own, and a script that measures needs no guard around its call.

    Args:
        name: for error messages.
        function: called in the child as `function(connection, *args)`.
        args: pickled.
        environment: variables that it finds, besides this process's.

    Raises:
        pickle.PicklingError: an argument cannot be sent.
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., None],
        *args: Any,
        environment: dict[str, str] | None = None,
    ) -> None:
        self.name = name
        called = pickle.dumps((function, args))
        self.connection, theirs = Pipe()
        with theirs:  # closed here: the end of the child is to be the end of the pipe
            handle = theirs.fileno()
            self.process = subprocess.Popen(
                [sys.executable, "-c", START, json.dumps(sys.path), str(handle)],
                stdin=subprocess.DEVNULL,
                env=SHARED | os.environ | (environment or {}),
                pass_fds=[handle],
            )
        with suppress(BrokenPipeError, ConnectionResetError):  # receive says how it ended
            self.connection.send_bytes(called)

    def __enter__(self) -> Child:
        return self

    def __exit__(self, *error: object) -> None:
        self.connection.close()
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(0.0 if any(error) else 5.0)
        self.process.kill()
        self.process.wait()

    def receive(self, left: Callable[[], float] | None = None) -> Any:
        """What the child sends next.

        Args:
            left: how many seconds it may still take; asked again and again.

        Raises:
            TooLate: it took longer.
            ArmFailed: it sent that it failed, or it is gone.
            InputError: what it was asked for cannot be used.
            Unavailable: it cannot run here.
        """
        while left and not self.connection.poll(0.1):
            if left() <= 0:
                raise TooLate(f"{self.name}: no answer in its time")
        try:
            message = self.connection.recv()
        except (EOFError, ConnectionResetError):
            code = self.process.wait()
            how = f"killed by signal {-code}" if code < 0 else f"exit code {code}"
            raise ArmFailed(f"{self.name}: its process ended ({how})") from None
        if isinstance(message, ArmFailed):
            raise ArmFailed(f"{self.name}: {message}")
        if isinstance(message, Exception):
            raise message
        return message

    def ask(self, message: Any, left: Callable[[], float] | None = None) -> Any:
        """Send, and wait for the answer; raises as `receive`."""
        with suppress(BrokenPipeError, ConnectionResetError):  # receive says how it ended
            self.connection.send(message)
        return self.receive(left)


def measure(
    case: Case,
    names: Sequence[str],
    setting: Setting,
    tell: Callable[..., None] = lambda line, keep=False: None,
    profile: Path | None = None,
) -> list[Timed]:
    """Time the arms against each other.

    Args:
        case: what they train.
        names: of `arms.ARMS`, in the order in which they take turns.
        setting: what they have in common.
        tell: called with a line about what is going on; with `keep=True` where it is to stay.
        profile: a folder for what the frameworks' profilers see once all is timed, one in it for
            each arm.

    Returns:
        A measurement an arm; what cannot run on this machine is told of and left out.

    Raises:
        ArmFailed: a child process broke off.
        InputError: the device has no such dtype, there is no PyTorch, or no data, or none of the
            arms can run here.
    """
    with ExitStack() as stack:
        started = []
        for name in names:
            tell(f"{case.title}: {name} compiles and takes its first steps")
            if found := start(stack, case.title, name, tell, serve, case, setting):
                started.append(found)
        if not started:
            raise InputError(f"{case.title}: none of {', '.join(names)} can run here")
        step_s = in_turns(case.title, [child for child, _ in started], setting, tell)
        if profile:
            trace(case.title, {ready.name: child for child, ready in started}, profile, tell)
        return [
            Timed(ready, values, *child.ask("end"))
            for (child, ready), values in zip(started, step_s, strict=True)
        ]


def start(
    stack: ExitStack,
    title: str,
    name: str,
    tell: Callable[..., None],
    function: Callable[..., None],
    *args: Any,
    modes: Sequence[str] = (),
    left: Callable[[], float] | None = None,
) -> tuple[Child, Any] | None:
    """An arm's process, ready; of its modes the fastest one's.

    Args:
        stack: ends the process.
        title: of what is measured, for messages.
        name: of `arms.ARMS`.
        tell: as `measure` has it.
        function: called in the process as `function(connection, name, *args, mode)`; sends first
            an answer with "step_s", how long a step takes.
        args: pickled.
        modes: what torch-compile is tried with; default: all of `arms.MODES`.
        left: as `Child.receive` has it.

    Returns:
        The process and its answer; None: the arm cannot run here, and why is told.

    Raises:
        ArmFailed, InputError: as `Child.receive`.
    """
    best: tuple[ExitStack, Child, Any] | None = None
    reasons = []
    own_modes = arms.MODES.get(name, ("",))
    for mode in modes if modes and name == "torch-compile" else own_modes:
        with ExitStack() as own:
            cold = COMPILER | {"TORCHINDUCTOR_CACHE_DIR": own.enter_context(TemporaryDirectory())}
            words = f"{title}: {name} {mode}".strip()
            child = Child(words, function, name, *args, mode, environment=cold)
            own.enter_context(child)
            try:
                ready = child.receive(left)
            except Unavailable as error:
                reasons.append(str(error))
                continue
            if best is None or ready.step_s < best[2].step_s:
                if best:
                    best[0].close()
                best = own.pop_all(), child, ready
    if best is None:
        tell(f"{title}: {name} is left out: {reasons[0]}", keep=True)
        return None
    stack.enter_context(best[0])
    return best[1:]


def in_turns(
    title: str, children: Sequence[Child], setting: Setting, tell: Callable[..., None]
) -> list[list[float]]:
    """Seconds a step, of each child a number a block; the children take turns."""
    found: list[list[float]] = [[] for _ in children]
    for turn in range(setting.blocks):
        tell(f"{title}: block {turn + 1} of {setting.blocks}")
        for child, values in zip(children, found, strict=True):
            time.sleep(PAUSE)
            values.append(child.ask("block"))
    return found


def trace(
    title: str, children: Mapping[str, Child], profile: Path, tell: Callable[..., None]
) -> None:
    """Have each child's profiler look at a few calls, into a folder of its own under `profile`."""
    for name, child in children.items():
        tell(f"{title}: {name} is profiled")
        folder = profile / f"{title} {name}".replace(" ", "-")
        folder.mkdir(parents=True, exist_ok=True)
        child.ask(str(folder))
