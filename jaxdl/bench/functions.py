"""Anybody's functions, of PyTorch and of JAX: first held to give the same, then timed.

Each way to call a function (an arm) is a process of its own, as with training steps. All are called
with the same arrays; outputs, and gradients where they are asked for, must agree before a clock is
looked at. Then they take turns, a block of calls each. A call is over when its result is there; the
next one begins then.
"""

from __future__ import annotations

import itertools
import math
import os
import pickle
import sysconfig
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxdl._environment import usable_cores, versions
from jaxdl._optional import need
from jaxdl.bench import agreement, arms, clock, record, runner
from jaxdl.bench.result import Result, label
from jaxdl.bench.trees import leaves, named, with_leaves
from jaxdl.errors import InputError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    import numpy as np

WARM = 3
"""Calls that compilation is spread over: CUDA graphs are recorded in the second and third."""
USUAL = ("torch-eager", "torch-compile", "jax-jit")
Load = Callable[[], Callable[..., Any]]


class Different(InputError):
    """Functions do not give the same; the message has a line for each that differs."""


@dataclass(frozen=True)
class Answer:
    """What an arm's process says when it is ready.

    Attributes:
        found: what the compared calls gave.
        mode: torch-compile's.
        device: in words.
        first_call_s: until its result is there, compilation included.
        warm_s: of the first `WARM` calls.
        step_s: of a call afterwards, a first look.
        calls: in a block.
    """

    found: list[agreement.Arrays]
    mode: str
    device: str
    first_call_s: float
    warm_s: float
    step_s: float
    calls: int


def compare(
    functions: Mapping[str, Callable[..., Any]],
    inputs: Any,
    *,
    gradients: Sequence[str | int] = (),
    arms: Sequence[str] = USUAL,
    dtype: str = "float32",
    threads: int | None = None,
    blocks: int = runner.BLOCKS,
    block_seconds: float = runner.BLOCK_SECONDS,
    tolerance: float | None = None,
    tell: Callable[..., None] = lambda line, keep=False: None,
) -> Result:
    """What functions cost, once they are known to give the same; in a notebook, too.

    Args:
        functions: by name. A name begins with its framework: "torch", "jax", "jax einsum". The
            first is what the others are held against.
        inputs: a tuple of what they are called with, or a dictionary, by name: NumPy's arrays of
            any shape, and dictionaries, lists and tuples of them. Or a function, seed -> inputs:
            then two draws are compared. Floating-point numbers are handed over in `dtype`; int64 is
            int32 in JAX, as JAX has it, unless `dtype` is float64.
        gradients: the inputs, by name or place, by which the outputs are differentiated, too.
            Outputs are multiplied by fixed random weights and added up; a single number alone stays
            as it is.
        arms: "torch-eager" and "jax-eager" call a function as it is written, "torch-compile" and
            "jax-jit" compiled.
        dtype: "float32", "float64", on a GPU "tf32" and "bfloat16", too.
        threads: cores for either framework; default: all that this process may use.
        blocks: measurements of each arm.
        block_seconds: how long a measurement lasts, about.
        tolerance: how far outputs and gradients may differ, over the largest number of each array;
            default: `jaxdl.parity.TOLERANCES`.
        tell: called with a line about what is going on; with `keep=True` where it is to stay.

    Raises:
        Different: they do not give the same, or give NaN; nothing was timed.
        InputError: a function raises or cannot be sent to a process of its own, or an argument
            cannot be used.
        jaxdl.bench.ArmFailed: a process broke off.
    """
    if not isinstance(functions, Mapping):
        raise InputError(f"functions are a dictionary by name, not {type(functions).__name__}")
    for what, value in (("gradients", gradients), ("arms", arms)):
        if not isinstance(value, tuple | list):
            raise InputError(f"{what} are a tuple or a list, not {value!r}")
    if not (type(blocks) is int and blocks >= 2 and 0 < block_seconds < math.inf):
        raise InputError("blocks are at least 2, and block_seconds a number above 0")
    available = len(usable_cores())
    if threads is not None and threads not in range(1, available + 1):
        raise InputError(f"threads={threads}: this process may use 1 to {available} cores")
    loads = {name: _sent(name, function) for name, function in functions.items()}
    setting = runner.Setting(dtype, threads or available, blocks, block_seconds)
    return measure("functions", loads, inputs, gradients, arms, setting, tolerance, tell)


def measure(
    title: str,
    loads: Mapping[str, Load],
    inputs: Any,
    gradients: Sequence[str | int],
    arms: Sequence[str],
    setting: runner.Setting,
    tolerance: float | None = None,
    tell: Callable[..., None] = lambda line, keep=False: None,
    *,
    goes_on: bool = False,
    profile: Path | None = None,
) -> Result:
    """As `compare`, of functions that are made in their own processes.

    Args:
        title: what the table is called.
        loads: name -> gives the function; pickled.
        inputs, gradients, arms, tolerance, tell: as `compare` has them.
        setting: dtype, threads, blocks.
        goes_on: the functions keep something from call to call, as a training does; all the same.
        profile: a folder for what the frameworks' profilers see once all is timed.
    """
    pairs = ways(loads, arms)
    question = replace(asked(inputs, tuple(gradients), setting.dtype), goes_on=goes_on)
    limit = agreement.allowed(setting.dtype, tolerance)
    made = {
        "versions": versions(*record.PACKAGES),
        "machine": record.machine(),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    with ExitStack() as stack:
        started: dict[tuple[str, str], tuple[runner.Child, Answer]] = {}
        # What takes a minute to compile comes last: what is wrong is known before.
        for late in (False, True):
            for pair in pairs:
                name, arm = pair
                if (arm == "torch-compile") is not late:
                    continue
                tell(f"{title}: {name}, {arm}: the first calls")
                sent = name, loads[name], question, setting
                if found := runner.start(stack, name, arm, tell, serve, *sent):
                    started[pair] = found
            check({pair: answer.found for pair, (_, answer) in started.items()}, pairs, limit)
        order = [pair for pair in pairs if pair in started]
        if not order:
            raise InputError("none of the arms can run here")
        children = [started[pair][0] for pair in order]
        call_s = runner.in_turns(title, children, setting, tell)
        if profile:
            looked_at = dict(zip(itertools.starmap(label, order), children, strict=True))
            runner.trace(title, looked_at, profile, tell)
        first = started[order[0]][1].found
        records = []
        for pair, seconds, child in zip(order, call_s, children, strict=True):
            answer = started[pair][1]
            before, peak = child.ask("end")
            spread = clock.spread(seconds)
            records.append(
                {
                    "function": pair[0],
                    "arm": pair[1],
                    "mode": answer.mode,
                    "device": answer.device,
                    "calls": answer.calls * len(seconds),
                    "first_call_s": answer.first_call_s,
                    "compile_s": max(answer.warm_s - WARM * spread["median"], 0.0),
                    "call_s": spread,
                    "memory_before_bytes": before,
                    "peak_memory_bytes": peak,
                    "error": max(map(agreement.error, answer.found, first)),
                }
            )
    return Result(
        {
            "schema": 1,
            "title": title,
            "dtype": setting.dtype,
            "threads": setting.threads,
            "inputs": {
                named(path): f"{leaf.dtype}{list(leaf.shape)}"
                for path, leaf in leaves(question.inputs[0])
            },
            "gradients": list(question.gradients),
            "tolerance": limit,
            "records": records,
            **made,
        }
    )


def ways(names: Sequence[str] | Mapping[str, Any], chosen: Sequence[str]) -> list[tuple[str, str]]:
    """Function and arm, of all that are to be measured, the functions in their order.

    Raises:
        InputError: there is no such arm, or none for any function, or a name of no framework.
    """
    check_arms(chosen)
    if not names:
        raise InputError("there is no function to measure")
    found = []
    for name in names:
        framework = str(name).partition(" ")[0]
        if framework not in arms.WAYS:
            raise InputError(
                f"the function {name!r} says no framework: its name is torch or jax, or begins so: "
                "'jax', 'jax einsum'"
            )
        found += [(name, arm) for arm in chosen if arm in arms.WAYS[framework]]
    if not found:
        raise InputError(
            f"none of {', '.join(chosen) or 'no arms'} is an arm of {', '.join(names)}"
        )
    return found


def check_arms(chosen: Sequence[str]) -> None:
    """Whether these are ways to call a function.

    Raises:
        InputError: there is no such arm, or one is named twice.
    """
    known = [arm for own in arms.WAYS.values() for arm in own]
    for arm in chosen:
        if arm not in known:
            near = get_close_matches(arm, known, n=1, cutoff=0.5)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
            raise InputError(f"no arm of a function is called {arm!r}; {hint}")
        if chosen.count(arm) > 1:
            raise InputError(f"the arm {arm} is named twice")


def asked(inputs: Any, gradients: tuple[Any, ...], dtype: str) -> arms.Question:
    """What the functions are called with, in its dtypes.

    Raises:
        InputError: this is nothing that functions could be called with.
    """
    if not callable(inputs):
        return _question([inputs], gradients, dtype)
    draws = [inputs(seed) for seed in (0, 0, 1)]
    question = _question(draws, gradients, dtype)
    first, again, other = ([leaf for _, leaf in leaves(draw)] for draw in question.inputs)
    if any(a.tobytes() != b.tobytes() for a, b in zip(first, again, strict=False)):
        raise InputError("inputs(0) gives other numbers when it is called again; draw from seed")
    for draw in (again, other):
        if [(leaf.shape, leaf.dtype) for leaf in draw] != [(a.shape, a.dtype) for a in first]:
            raise InputError("inputs(0) and inputs(1) differ in shapes or dtypes, not in numbers")
    if all(a.tobytes() == b.tobytes() for a, b in zip(first, other, strict=True)):
        raise InputError("inputs(0) and inputs(1) are the same numbers; draw them from the seed")
    return arms.Question([question.inputs[0], question.inputs[2]], question.gradients)


def check(
    found: Mapping[tuple[str, str], Sequence[agreement.Arrays]],
    pairs: Sequence[tuple[str, str]],
    limit: float,
) -> None:
    """Hold every arm against the first one.

    Raises:
        Different: some are not the same.
    """
    lines = []
    order = [pair for pair in pairs if pair in found]
    for pair in order:
        for ours, theirs in zip(found[pair], found[order[0]], strict=True):
            if bad := list(agreement.not_a_number(ours)):
                lines.append(f"{label(*pair)}: {_shortened(bad)}")
            elif bad := list(agreement.differences(ours, theirs, limit)):
                lines.append(f"{label(*pair)} differs from {label(*order[0])}: {_shortened(bad)}")
            if bad:
                break
    if lines:
        raise Different("\n".join(lines))


def _shortened(lines: list[str]) -> str:
    more = f"; and {len(lines) - 2} more" if len(lines) > 2 else ""
    return "; ".join(lines[:2]) + more


def serve(
    connection: Connection,
    arm: str,
    name: str,
    load: Load,
    question: arms.Question,
    setting: runner.Setting,
    mode: str,
) -> None:
    """An arm's process: the first calls, then a block of calls whenever the parent asks."""
    runner.keep_to(setting.threads)
    if arm in arms.JAX:
        import jax

        jax.config.update("jax_enable_compilation_cache", False)  # what compiling costs is measured
    try:
        called = arms.build_function(arm, load, question, setting.dtype, setting.threads, mode)
        clock.forget_peak()
        before = called.held() if called.held else clock.resident()
        first_call_s, result = _timed(called, 1)
        more_s = _timed(called, WARM - 1)[0]
        first_peak = clock.peak()
        found = []
        early = {key: value.copy() for key, value in called.arrays(result).items()}
        for call in range(len(question.inputs)):
            found.append(called.arrays(called.run(call)))
            if not called.untouched(call):
                raise InputError("it changes its inputs in place; let it work on a copy")
        again = agreement.differences(found[0], early, agreement.allowed(setting.dtype))
        if not question.goes_on and list(again):
            raise InputError(
                "it gives other numbers when it is called again: it draws random numbers of its "
                "own, or keeps something from call to call"
            )
    except arms.Unavailable:
        raise
    except (Exception, SystemExit) as error:
        if mode:  # no compiler, or not of this function
            said = (str(error).splitlines() or [""])[0]
            raise arms.Unavailable(f"{type(error).__name__}: {said}") from error
        raise InputError(f"{label(name, arm)}: {told(error)}") from error
    del result
    clock.forget_peak()
    calls = 1
    while (taken := _timed(called, calls)[0]) < min(setting.block_seconds, 0.05):
        calls *= 2
    calls = max(1, math.ceil(setting.block_seconds * calls / taken))
    answer = Answer(
        found, mode, called.device, first_call_s, first_call_s + more_s, taken / calls, calls
    )
    connection.send(answer)
    del answer, found
    while (wanted := connection.recv()) != "end":
        if wanted == "block":
            connection.send(_timed(called, calls)[0] / calls)
        else:  # a folder: a look by the profiler, once all is timed
            connection.send(runner.traced(called, partial(_timed, called, runner.TRACED), wanted))
    peak = called.peak() if called.peak else max(first_peak, clock.peak())
    connection.send((before, peak))


def told(error: BaseException) -> str:
    """What a user's function raised, in one line, with the place in the user's own code."""
    if isinstance(error, InputError):
        return str(error)
    libraries = [sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")]
    libraries.append(str(Path(__file__).parents[1]))
    trace, line = error.__traceback__, ""
    while trace:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith((*libraries, "<frozen")):
            known = not file.startswith("<")  # what cloudpickle sends forgets it, from 3.1.3 on
            place = f"{os.path.basename(file)}:" if known else "line "
            line = f" at {place}{trace.tb_lineno}"
        trace = trace.tb_next
    said = " ".join(str(error).strip().partition("\n")[0].split())
    return f"raises {type(error).__name__}{line}: {said}"


def _timed(called: arms.Called, calls: int) -> tuple[float, Any]:
    result = None
    start = time.perf_counter()
    for _ in range(calls):
        result = called.run(0)
    return time.perf_counter() - start, result


def _sent(name: str, function: Any) -> Load:
    """What gives the function in another process: a notebook's functions have no file there."""
    if not callable(function):
        raise InputError(f"the function {name!r} is of type {type(function).__name__}")
    need("cloudpickle", "compare, which sends functions to processes of their own,")
    import cloudpickle

    try:
        return partial(pickle.loads, cloudpickle.dumps(function))
    except Exception as error:
        raise InputError(
            f"the function {name!r} cannot be sent to a process of its own "
            f"({type(error).__name__}: {error}); put it into a file and run `jaxdl bench FILE.py`"
        ) from error


def _question(draws: list[Any], gradients: tuple[Any, ...], dtype: str) -> arms.Question:
    if dtype not in arms.DTYPES:
        raise InputError(f"there is no dtype {dtype!r}; there are {', '.join(arms.DTYPES)}")
    made = []
    for draw in draws:
        if not isinstance(draw, tuple | Mapping):
            raise InputError(
                "inputs are a tuple, or a dictionary by name, of what the functions are called "
                f"with, not of type {type(draw).__name__}"
            )
        new = {path: _handed(named(path), leaf, dtype) for path, leaf in leaves(draw)}
        made.append(with_leaves(draw, new))
    question = arms.Question(made, gradients)
    for name in gradients:
        if name not in (there := dict.fromkeys(path[0] for path, _ in leaves(made[0]))):
            raise InputError(f"gradients by {name!r}: the inputs are {', '.join(map(str, there))}")
        if not any(path[0] == name for path in question.wanted(made[0])):
            raise InputError(f"gradients by {name!r}, which has no floating-point numbers")
        for path, leaf in leaves(made[0]):
            if path[0] == name and leaf.dtype.kind == "c":
                raise InputError(
                    f"gradients by {name!r}, of which {named(path)} is complex; hand over its real "
                    "and imaginary parts"
                )
    return question


def _handed(name: str, leaf: Any, dtype: str) -> np.ndarray:
    """An array as the functions get it."""
    import numpy as np

    if not hasattr(leaf, "dtype"):
        raise InputError(
            f"input {name} is of type {type(leaf).__name__}; inputs are NumPy's arrays. What is "
            "none belongs into the function: functools.partial"
        )
    try:
        array = np.asarray(leaf.detach().cpu() if hasattr(leaf, "detach") else leaf)
        array = array.astype(array.dtype.newbyteorder("="), copy=False)
    except TypeError:  # a key of jax.random; a tensor in a dtype that NumPy has not
        raise InputError(
            f"input {name} is a {type(leaf).__name__} in {leaf.dtype}, which NumPy does not have; "
            "hand over integers or float32, and let the function make it of them"
        ) from None
    wide = dtype == "float64"
    if array.dtype.kind == "f":
        return array.astype(np.float64 if wide else np.float32)
    if array.dtype.kind == "c":
        return array.astype(np.complex128 if wide else np.complex64)
    if array.dtype.kind not in "biu":
        raise InputError(
            f"input {name} is {array.dtype}, which is not handed over; float32 is, and a function "
            "may cast it"
        )
    if array.dtype.itemsize == 8 and not wide and array.size:
        most = np.iinfo(np.int32 if array.dtype.kind == "i" else np.uint32)
        if array.max() > most.max or array.min() < most.min:
            raise InputError(
                f"input {name} has integers that JAX would cut to 32 bits; take float64"
            )
    return array
