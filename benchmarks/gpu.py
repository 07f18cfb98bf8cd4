"""All lessons' training steps on an accelerator, within a time: PyTorch's arms and JAX's.

`python -m benchmarks.gpu` (`make bench-gpu`) writes `benchmarks/results/gpu/lessons.json`, and
`jaxdl bench report benchmarks/results/gpu` makes a table of it. Every net is trained in float32,
TF32 and bfloat16 by

    torch-eager       the twin's own step
    torch-compile     torch.compile of the loss, by its default mode and by CUDA graphs
    torch-graph       loss and backward as recorded CUDA graphs, without a compiler
    jax-jit           a compiled call a step
    jax-scan          many steps a compiled call

and by `--arms` in other ways, too; jax-flax is jax-jit here, since `jaxdl.ops` hands all to XLA.

What is right comes first: the losses of the first steps must be those of float64 on the CPU, in
float32 with products in their highest precision, or the arm is not timed, in no precision. Both
frameworks get the same precision of products, the same dtype of parameters and data, and the batch
on the device before the clock starts. Arms of a net take turns. Of several nets the arms get ready
at the same time, a process each, and only then is one of them timed: compilation, not a step, is
measured beside other processes.

First each net gets a pair of arms, one of either framework, in one precision after the other; then
all arms. What no longer fits into the time is left out, and named; so is an arm that fails. The
file is written anew after every net.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxdl._environment import usable_cores
from jaxdl._files import replacing
from jaxdl._torch import has_torch
from jaxdl.bench import ArmFailed, Case, Setting, Timed, arms, record, runner
from jaxdl.bench.report import spread
from jaxdl.cli.bench import selected
from jaxdl.course import lessons
from jaxdl.errors import InputError
from jaxdl.parity.tolerances import RATIO

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

RESULT = Path(__file__).parent / "results" / "gpu" / "lessons.json"
ARMS = ("torch-eager", "torch-compile", "torch-graph", "jax-jit", "jax-scan")
PAIR = ("torch-eager", "jax-scan")
MODES = ("default", "reduce-overhead")  # of torch.compile; autotuning takes minutes a net
DTYPES = {
    "gpu": ("float32", "tf32", "bfloat16"),
    "tpu": ("float32", "bfloat16"),
    "cpu": ("float32", "float64"),
}
BLOCK_SECONDS = 0.03
PAUSE = 0.01  # s between blocks: no pool of threads spins here
PATIENCE = 120.0  # s that an arm may take to get ready
GRACE = 20.0  # s that what is being timed at the end may take
TRUTH = "float64 on the CPU"
NO_TIME, INTERRUPTED = "no time was left", "interrupted"


@dataclass(frozen=True)
class Job:
    """A net in a precision, and the arms that take turns."""

    case: Case
    dtype: str
    arms: tuple[str, ...]

    @property
    def title(self) -> str:
        """ "l10 deeper, tf32"."""
        return f"{self.case.title}, {self.dtype}"


@dataclass
class Found:
    """What there is so far.

    Attributes:
        document: what is written.
        made: what `record.origin` gave.
        path: where it is written.
        deadline: by `time.monotonic`: after it no arm gets ready any more.
        truth: net -> the losses of float64, or their being computed.
        wrong: the (net, arm) that failed in float32, or cannot run here.
        per_arm_s: seconds that an arm of each group so far has taken.
        stopped: nobody waits for an arm any more.
    """

    document: dict[str, Any]
    made: dict[str, Any]
    path: Path
    deadline: float
    truth: dict[str, Future[Sequence[float]]] = field(default_factory=dict)
    wrong: set[tuple[str, str]] = field(default_factory=set)
    per_arm_s: list[float] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)

    def left(self) -> float:
        """Seconds until the deadline; none once all is to stop."""
        return 0.0 if self.stopped.is_set() else self.deadline - time.monotonic()

    def patience(self) -> Callable[[], float]:
        """The seconds that what begins now may take, to be asked again and again."""
        stop = time.monotonic() + PATIENCE
        return lambda: min(self.left(), stop - time.monotonic())

    def note(self, kind: str, job: Job, names: Iterable[str], why: str) -> None:
        """Keep that arms are "left_out" or "failed"; say it, unless the end says why."""
        entry = {"net": job.case.title, "dtype": job.dtype, "arms": list(names), "why": why}
        self.document[kind].append(entry)
        if why not in (NO_TIME, INTERRUPTED):
            words = f"{', '.join(entry['arms'])}: {kind.replace('_', ' ')}: {why}"
            print(f"{job.title}: {words}", flush=True)

    def failed(self, job: Job, names: Iterable[str], why: str) -> None:
        """Arms that do not compute what they should; in float32: are not measured further."""
        names = list(names)
        self.note("failed", job, names, why)
        if job.dtype not in record.LOOSER:
            self.wrong |= {(job.case.title, name) for name in names}

    def broken(self, job: Job, names: Iterable[str], error: Exception) -> None:
        """Arms that broke off, or that time ran out for."""
        if isinstance(error, runner.TooLate) and self.left() <= 0:
            self.note("left_out", job, names, NO_TIME)
        else:
            self.failed(job, names, str(error))

    def write(self) -> None:
        """The file, whole or not at all."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(self.path) as part:
            part.write_text(json.dumps(self.document, indent=1, allow_nan=False) + "\n", "utf-8")

    def summary(self) -> str:
        """A few lines: how much there is, and what is not, by the reason."""
        nets = {each["variant"]["title"] for each in self.document["records"]}
        count = len(self.document["records"])
        lines = [f"{count} records of {len(nets)} nets in {self.path}"]
        late: dict[str, list[str]] = {}
        for each in self.document["left_out"]:
            if each["why"] == NO_TIME:
                late.setdefault(each["dtype"], []).append(f"{each['net']} ({len(each['arms'])})")
        lines += [f"{NO_TIME}, {dtype}: {', '.join(told)}" for dtype, told in late.items()]
        return "\n".join(lines)


def looked(connection: Connection) -> None:
    """In a process of its own, which alone opens the devices: what either framework finds."""
    import jax

    found = {"platform": jax.devices()[0].platform, "jax": jax.devices()[0].device_kind}
    if has_torch():
        import torch

        found["torch"] = torch.cuda.get_device_name() if torch.cuda.is_available() else "cpu"
    connection.send(found)


def usable(found: dict[str, str], asked: str | None) -> tuple[str, tuple[str, ...]]:
    """The platform that is measured, and the arms that can be.

    Args:
        found: what `looked` sent.
        asked: "cpu", or None for an accelerator.

    Raises:
        InputError: there is none, or not for both frameworks.
    """
    platform, torch = found["platform"], found.get("torch")
    if platform not in DTYPES:
        raise InputError(f"JAX computes on {platform} here; {', '.join(DTYPES)} can be measured")
    if platform == "cpu" and asked != "cpu":
        hint = "--device cpu tries all this on the CPU"
        if torch not in (None, "cpu"):
            hint = f"PyTorch finds {torch}: pip install 'jax[cuda12]'"
        raise InputError(f"JAX finds no GPU or TPU here; {hint}")
    if platform == "gpu" and torch == "cpu":
        raise InputError("JAX has a GPU and this PyTorch has none; install PyTorch for CUDA")
    if platform == "tpu" or torch is None:
        return platform, tuple(name for name in ARMS if name not in arms.TORCH)
    return platform, ARMS


def plan(cases: Sequence[Case], names: Sequence[str], dtypes: Sequence[str]) -> list[Job]:
    """All that is to be measured, what matters most first.

    Each net has a pair of arms, one of either framework where there are both, precision after
    precision, and every lesson's first net comes before any second one; then all arms of each net.
    """
    torch, jax = ([n for n in names if n in own] for own in (arms.TORCH, arms.JAX))
    wanted = [next((n for n in PAIR if n in own), own[0]) for own in (torch, jax) if own]
    pair = wanted if len(wanted) == 2 else list(names[:2])
    place: dict[str, int] = {}
    ranked = [(place.setdefault(c.labels["lesson"], i), i, c) for i, c in enumerate(cases)]
    ranked.sort(key=lambda each: (each[0] != each[1], each[1]))
    nets = [case for *_, case in ranked]
    jobs = [job for dtype in dtypes for job in fitting(nets, dtype, pair)]
    every = [job for dtype in dtypes for job in fitting(cases, dtype, names)]
    return jobs + [job for job in every if set(job.arms) - set(pair)]


def fitting(cases: Iterable[Case], dtype: str, names: Iterable[str]) -> Iterator[Job]:
    """A job for each net that has any of these arms."""
    for case in cases:
        known = arms.fitting(case)
        if own := tuple(name for name in names if name in known):
            yield Job(case, dtype, own)


def agree(errors: Sequence[float], dtype: str, eager: Sequence[float] | None) -> bool:
    """Whether losses are those of float64, up to what this precision rounds.

    The first one is held to the precision's own tolerance, the others in float32 to what
    `record.agrees` allows two runs that rounding makes part. Below float32 an arm may also be as
    far off as twice what PyTorch's own step in that precision is.
    """
    if record.agrees(errors, dtype, diverges=True):
        return True
    low = dtype in record.LOOSER and eager is not None
    return low and max(errors) <= RATIO * max(eager or ()) < float("inf")


def true_losses(connection: Connection, case: Case) -> None:
    """In a process of its own, on the CPU: the losses that are right."""
    arm = arms.build("jax-jit", case, "float64", len(usable_cores()))
    connection.send(arm.run(runner.COMPARED).tolist())


def truth(case: Case, found: Found) -> Sequence[float]:
    """The losses of a net's first steps, in float64 on the CPU.

    Raises:
        ArmFailed, InputError: they could not be computed.
    """
    name = f"{case.title}: {TRUTH}"
    with runner.Child(name, true_losses, case, environment={"JAX_PLATFORMS": "cpu"}) as child:
        return child.receive(found.patience())


def measure(jobs: Sequence[Job], found: Found, setting: Setting, processes: int) -> None:
    """Do as many of the jobs as fit into the time; what does not is noted.

    Args:
        jobs: in the order of their worth.
        found: where results go.
        setting: threads, blocks and their length; each job has its own dtype.
        processes: how many get ready at the same time.
    """
    waiting, group, why = list(jobs), [], INTERRUPTED
    with ThreadPoolExecutor(processes) as pool:
        try:
            while group := next_group(waiting, found, processes):
                begun, count = time.monotonic(), sum(len(job.arms) for job in group)
                together(pool, group, found, setting)
                found.per_arm_s.append((time.monotonic() - begun) / count)
            why = NO_TIME
        finally:
            found.stopped.set()
            for job in [*group, *waiting]:
                found.note("left_out", job, job.arms, why)
            found.write()


def next_group(waiting: list[Job], found: Found, processes: int) -> list[Job]:
    """Take the next jobs that get ready at the same time; none: no time is left for one.

    They are of one dtype, since what is wrong in one precision is not measured in the next.
    """
    seconds = max(found.per_arm_s[-3:], default=0.0)  # as the last ones took
    group: list[Job] = []
    while waiting and waiting[0].dtype == (group or waiting)[0].dtype:
        count = sum(len(job.arms) for job in [*group, waiting[0]])
        if count * seconds >= found.left() or (group and count > processes):
            break
        group.append(waiting.pop(0))
    return group


def together(pool: ThreadPoolExecutor, group: list[Job], found: Found, setting: Setting) -> None:
    """Get the arms of some jobs ready, all at the same time; then time one job after the other.

    A job that is done leaves the group.
    """
    with ExitStack() as stack:
        try:
            for job in group:
                if job.case.title not in found.truth:
                    found.truth[job.case.title] = pool.submit(truth, job.case, found)
            started = []
            for job in group:
                own = replace(setting, dtype=job.dtype)
                able = [name for name in job.arms if (job.case.title, name) not in found.wrong]
                begun = {name: pool.submit(get_ready, job, name, own, found) for name in able}
                for future in begun.values():
                    stack.callback(closed, future)
                started.append(begun)
            wait([future for begun in started for future in begun.values()])
            for job, begun in zip(list(group), started, strict=True):
                ready = right(job, begun, found)
                timed = in_turns(job, ready, found, setting.blocks)
                kept(job, timed, found, replace(setting, dtype=job.dtype))
                group.pop(0)
        except BaseException:  # Ctrl-C, too: what gets ready is not waited for
            found.stopped.set()
            raise


def get_ready(
    job: Job, name: str, setting: Setting, found: Found
) -> tuple[ExitStack, runner.Child, runner.Ready]:
    """An arm's process that has taken its first steps, and what ends it.

    Raises:
        Unavailable: this machine cannot run it.
        ArmFailed, InputError: it broke off, or took too long.
    """
    why: list[str] = []
    tell = lambda line, keep=False: why.append(line) if keep else None  # noqa: E731
    with ExitStack() as own:
        sent = job.case, setting
        begun = runner.start(
            own, job.title, name, tell, runner.serve, *sent, modes=MODES, left=found.patience()
        )
        if begun is None:
            raise arms.Unavailable(why[-1].rpartition("is left out: ")[2])
        return own.pop_all(), *begun


def closed(future: Future[Any]) -> None:
    """End an arm's process, if it has begun."""
    if not future.cancel() and not future.exception():
        future.result()[0].close()


@dataclass(frozen=True)
class Right:
    """An arm that computes what it should: its process, its first steps, their largest error."""

    child: runner.Child
    ready: runner.Ready
    error: float


def right(job: Job, futures: Mapping[str, Future[Any]], found: Found) -> list[Right]:
    """The arms that are ready and whose losses are right; of the others it is noted why not."""
    if not futures:
        return []
    try:
        losses = found.truth[job.case.title].result()
    except (ArmFailed, InputError) as error:
        found.broken(job, tuple(futures), error)
        return []
    ready: dict[str, tuple[runner.Child, runner.Ready, list[float]]] = {}
    for name, future in futures.items():
        try:
            _, child, first = future.result()
        except arms.Unavailable as error:
            found.note("left_out", job, [name], str(error))
            found.wrong.add((job.case.title, name))
        except (ArmFailed, InputError) as error:
            found.broken(job, (name,), error)
        else:
            ready[name] = child, first, record.loss_errors(first.losses, losses)
    eager = ready["torch-eager"][2] if "torch-eager" in ready else None
    agreeing = []
    for name, (child, first, errors) in ready.items():
        if agree(errors, job.dtype, eager):
            agreeing.append(Right(child, first, max(errors)))
        else:
            why = f"its losses are off by {max(errors):.1e} of those in {TRUTH}; it is not timed"
            found.failed(job, (name,), why)
    return agreeing


def in_turns(
    job: Job, ready: Sequence[Right], found: Found, blocks: int
) -> list[tuple[Right, Timed]]:
    """Time the arms, a block each in turn; one that breaks off is noted, and the others go on."""
    left = lambda: found.left() + GRACE  # noqa: E731
    seconds: dict[str, list[float]] = {each.ready.name: [] for each in ready}
    ends: dict[str, tuple[int, int]] = {}
    for turn in range(blocks + 1):
        for each in ready:
            name = each.ready.name
            if name not in seconds:
                continue
            time.sleep(PAUSE)
            try:
                if turn < blocks:
                    seconds[name].append(each.child.ask("block", left))
                else:
                    ends[name] = each.child.ask("end", left)
            except ArmFailed as error:
                found.broken(job, (name,), error)
                del seconds[name]
    return [
        (each, Timed(each.ready, seconds[each.ready.name], *ends[each.ready.name]))
        for each in ready
        if each.ready.name in seconds
    ]


def kept(job: Job, timed: Sequence[tuple[Right, Timed]], found: Found, setting: Setting) -> None:
    """Put a job's records into the document, in the place of the pair's that was before it.

    Arms are compared that took turns: what lacks one of the pair does not replace it.
    """
    made = record.records(job.case, setting, [each for _, each in timed], found.made)
    for each, (arm, _) in zip(made, timed, strict=True):
        each |= {"agrees": True, "against": TRUTH, "loss_error": arm.error}
        record.check(each, job.title)
        step = f"{spread(each['step_s'])} a step, {each['compile_s']:.1f} s to compile"
        print(f"{job.title}: {each['arm']:13} {step}", flush=True)
    same = lambda r: (r["variant"]["title"], r["dtype"]) == (job.case.title, job.dtype)  # noqa: E731
    before = {r["arm"] for r in found.document["records"] if same(r)}
    if before <= {each["arm"] for each in made}:
        others = [r for r in found.document["records"] if not same(r)]
        found.document["records"] = others + made
    elif made:
        names = [each["arm"] for each in made]
        found.note("left_out", job, names, "an arm of its pair is missing: the pair is kept")
    found.write()


def main(words: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for; 0, 1 after a failed arm, 2 for unusable input."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu")
    parser.add_argument("names", nargs="*", metavar="LESSON[:NET]", help="default: all there are")
    parser.add_argument(
        "--minutes", type=float, default=9.0, help="begin nothing after; %(default)s"
    )
    parser.add_argument("--arms", metavar="A,B", help=f"default: {','.join(ARMS)}")
    parser.add_argument("--dtypes", metavar="A,B", help="default: all that the device has")
    parser.add_argument("--device", choices=["cpu"], help="to try it where there is no GPU")
    parser.add_argument(
        "--blocks", type=int, default=runner.BLOCKS, help="of each arm; %(default)s"
    )
    parser.add_argument("--processes", type=int, default=len(usable_cores()),
                        help="that get ready at the same time; %(default)s")  # fmt: skip
    parser.add_argument("--commit", help="what is measured, where this is no git repository")
    parser.add_argument("--json", type=Path, default=RESULT, help="%(default)s")
    asked = parser.parse_args(words)
    try:
        return run(asked, " ".join(["python -m benchmarks.gpu", *(words or sys.argv[1:])]))
    except InputError as error:
        print(f"benchmarks.gpu: {error}", file=sys.stderr)
        return 2


def run(asked: Any, command: str) -> int:
    """As `main`, of what argparse understood.

    Raises:
        InputError: there is no accelerator, or no such lesson, net, arm or dtype.
    """
    deadline = time.monotonic() + 60 * asked.minutes
    if asked.blocks < runner.BLOCKS or asked.processes < 1 or not asked.minutes > 0:
        least = f"--blocks from {runner.BLOCKS} on, --processes from 1 on, --minutes above 0"
        raise InputError(f"numbers that can be used are {least}")
    if asked.device == "cpu":  # for this process's children
        os.environ |= {"JAX_PLATFORMS": "cpu", "CUDA_VISIBLE_DEVICES": ""}
    every = [lesson.name for lesson in lessons() if lesson.nets]
    cases = list(selected(asked.names or every, (), None))
    with runner.Child("the device", looked) as child:
        devices = child.receive()
    platform, able = usable(devices, asked.device)
    known = [name for name in arms.ARMS if name in able or name in arms.JAX]
    names = chosen("--arms", asked.arms, known) or able
    dtypes = chosen("--dtypes", asked.dtypes, DTYPES[platform]) or DTYPES[platform]
    try:
        made = record.origin(command, asked.commit)
    except InputError:
        raise InputError("this is no git repository; --commit NAME says what is measured") from None
    document = {
        "schema": record.SCHEMA,
        "devices": devices,
        "minutes": asked.minutes,
        "ready_together": asked.processes,
        **made,
        "records": [],
        "left_out": [],
        "failed": [],
    }
    found = Found(document, made, asked.json, deadline)
    setting = Setting(threads=len(usable_cores()), blocks=asked.blocks, block_seconds=BLOCK_SECONDS)
    found.write()
    try:
        measure(plan(cases, names, dtypes), found, setting, asked.processes)
    except KeyboardInterrupt:
        print(f"interrupted: {asked.json} has what was measured", file=sys.stderr)
        return 130
    print(found.summary(), flush=True)
    return 1 if document["failed"] else 0


def chosen(option: str, words: str | None, known: Sequence[str]) -> tuple[str, ...]:
    """The names of an option; none where it is not given.

    Raises:
        InputError: one of them is not known here.
    """
    names = tuple(words.split(",")) if words else ()
    for name in names:
        if name not in known or names.count(name) > 1:
            raise InputError(f"{option} {words}: each once, of {', '.join(known)}")
    return names


if __name__ == "__main__":
    from benchmarks import gpu  # under a name by which the arms' processes find it

    sys.exit(gpu.main())
