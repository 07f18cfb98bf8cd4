"""Lesson 19 on photographs: whole runs, shortened ones, each ingredient taken away, and a record.

    python -m benchmarks.record --whole --side jax        one run of the paper's size: hours
    python -m benchmarks.record --short --side torch --seeds 3     narrower, 5 epochs: minutes
    python -m benchmarks.record --short --table --seeds 3   each ingredient taken away, ours
    python -m benchmarks.record --gpu --seeds 10            what `make record` does

The data are CIFAR-10 where `jaxdl.data` has it; else the JPEG copy that lies in JAXDL_DATA_DIR as
cifar10_jpeg/cifar10_jpeg.zip. Every result says which. Each run is a file of
`benchmarks/results/record`, and what has one is not run again. A run saves itself after every epoch
under `build/record`, and the same command goes on with it. `--gpu` writes one file, `gpu.json`.
Both programs get the same order, mirror images and shifts, and each draws its own initial values.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import statistics
import time
import zipfile
from contextlib import nullcontext
from dataclasses import asdict
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np

from jaxdl import data as datasets
from jaxdl._files import replacing
from jaxdl.course.document import environment
from jaxdl.errors import InputError
from lessons.l19_reproduce_a_record import MUON, RECORD, TAKEN_AWAY, Config, pictures

RESULTS = Path(__file__).parent / "results" / "record"
BUILD = Path("build") / "record"
JPEG = Path("cifar10_jpeg") / "cifar10_jpeg.zip"
SIZES = {
    "whole": RECORD,
    "short": RECORD | {"width": 16, "schedule": 240, "epochs": 5},
    "tiny": RECORD | {"width": 2, "batch_size": 100, "schedule": 20, "epochs": 2},  # of the program
}
SIDES = ("jax", "torch")


@cache
def photographs(limit: int | None = None) -> tuple[str, Any, Any]:
    """What the data are, and (x, y) to learn from and to be tested by, normalised, NHWC."""
    if datasets.state("cifar10") == "ready":
        name, (train, test) = "CIFAR-10", pictures.splits("cifar10")
    else:
        name, (train, test) = "JPEG copy of CIFAR-10", jpeg_copy()
    cut = lambda split: (pictures.normalised(split[0][:limit]), split[1][:limit])  # noqa: E731
    return name, cut(train), cut(test)


def jpeg_copy() -> Any:
    """The images of the zip, (n, 32, 32, 3) of 0 to 255, and their labels: mixed, once and for all.

    Raises:
        InputError: it is not there.
    """
    from PIL import Image

    file = Path(os.environ.get("JAXDL_DATA_DIR", ".")) / JPEG
    if not file.is_file():
        raise InputError(f"neither cifar10 nor {file} is there; `jaxdl data prepare cifar10`")
    classes = datasets.find("cifar10").class_names
    found: dict[str, list[Any]] = {"train": [], "test": []}
    with zipfile.ZipFile(file) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".jpg"):
                split, kind, _ = name.split("/")
                image = np.asarray(Image.open(io.BytesIO(archive.read(name))).convert("RGB"))
                found[split].append((image, classes.index(kind)))
    splits = []
    for examples in found.values():
        images, labels = zip(*examples, strict=True)
        order = np.random.RandomState(0).permutation(len(images))
        splits.append((np.stack(images)[order], np.array(labels, np.int32)[order]))
    return splits


def order_of(config: Config, n: int) -> np.ndarray:
    """In which the epochs visit the examples, (epochs, n): for both programs."""
    generator = np.random.RandomState(config.seed % 2**32)
    return np.stack([generator.permutation(n) for _ in range(config.epochs)])


class Epochs:
    """The seconds of each epoch's steps, kept in a file for a run that goes on."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self.file = file
        lines = file.read_text("utf-8").splitlines() if file.is_file() else []
        self.seconds = {row["epoch"]: row["seconds"] for row in map(json.loads, lines)}

    def done(self, epoch: int, seconds: float, **more: Any) -> None:
        """Write an epoch down, and say so."""
        self.seconds[epoch] = seconds
        row = {"epoch": epoch, "seconds": seconds, **more}
        with self.file.open("a", encoding="utf-8") as log:
            log.write(json.dumps(row) + "\n")
        print(f"{self.file.stem}: {row}", flush=True)


def run_jax(
    config: Config, train: Any, test: Any, name: str, *, xla: bool, scan: bool
) -> dict[str, Any]:
    """Train our program, or go on with it; what came of it."""
    import jax

    from jaxdl import ops
    from jaxdl.course.run import compile_seconds
    from jaxdl.train import Checkpoints, accuracy, fit
    from lessons.l19_reproduce_a_record import functional
    from lessons.l19_reproduce_a_record.recipe.functional import judged

    epochs = Epochs(BUILD / f"{name}.log")
    params = functional.init(jax.random.key(config.seed), config, train[0])
    _, on_batch = functional.make_step(config.compiled)
    asked: dict[str, float] = {"mark": 0.0, "compiled": 0.0}

    def evaluate(state: Any) -> Any:  # the clock stands meanwhile
        jax.block_until_ready(state)
        asked["steps"] = time.perf_counter() - asked["mark"]
        asked["steps"] -= compile_seconds() - asked["compiled"]
        numbers = functional.numbers(state)
        return float(accuracy(functional.apply, numbers, test, config.compiled))

    def report(epoch: int, losses: Any, count: int = 0, **measured: float) -> None:
        if measured:
            loss = float(np.mean(np.asarray(losses)))
            epochs.done(epoch, asked["steps"], loss=loss, **measured)
            asked.update(mark=time.perf_counter(), compiled=compile_seconds())

    with (
        ops.xla() if xla else nullcontext(),
        Checkpoints(BUILD / name, run={"config": asdict(config)}, resume=True) as checkpoints,
    ):
        asked.update(mark=time.perf_counter(), compiled=compile_seconds())
        begun = asked["compiled"]
        state, history = fit(
            on_batch,
            functional.start(params, config),
            jax.device_put(train),
            pictures.visits(config, order_of(config, len(train[0]))),
            epochs=config.epochs,
            batch_size=config.batch_size,
            scan=scan,
            evaluate=evaluate,
            report=report,
            checkpoints=checkpoints,
        )
        compiled = compile_seconds() - begun
        found = judged(functional.apply, functional.numbers(state), test, config)
    return told(epochs, history, found, compiled)


def told(epochs: Epochs, history: Any, found: Any, compiled: float) -> dict[str, Any]:
    """What a run's document holds of it."""
    seconds = [epochs.seconds[epoch] for epoch in sorted(epochs.seconds)]
    return {
        "history": {
            "epoch_loss": [float(np.mean(row)) for row in history["loss"]],
            "test_accuracy": [float(value) for value in history["test_accuracy"]],
        },
        "result": {name: float(value) for name, value in found.items()},
        "seconds": {"epochs": seconds, "train": sum(seconds), "compile": compiled},
    }


def run_torch(config: Config, train: Any, test: Any, name: str) -> dict[str, Any]:
    """Train the twin, or go on with it; what came of it."""
    import torch

    from lessons.l19_reproduce_a_record import imperative

    epochs, file = Epochs(BUILD / f"{name}.log"), BUILD / f"{name}.pt"
    trainer = Twin(config, train, test)
    history: dict[str, list[Any]] = {"loss": [], "test_accuracy": []}
    if file.is_file():
        history = trainer.load(torch.load(file, weights_only=True))
    for epoch in range(len(history["loss"]), config.epochs):
        begun = time.perf_counter()
        losses = trainer.epoch(epoch)
        seconds = time.perf_counter() - begun
        right = imperative.score(trainer.model, trainer.test, 1)
        history["loss"].append(losses)
        history["test_accuracy"].append(right)
        with replacing(file) as part:
            torch.save(trainer.save(history), part)
        epochs.done(epoch, seconds, loss=float(np.mean(losses)), test_accuracy=right)
    score = partial(imperative.score, trainer.model, trainer.test)
    found = {"test accuracy": score(config.views), "at one look": score(1)}
    return told(epochs, history, found, 0.0)


class Twin:
    """The twin's run: a model, what changes it, its data on the device, and the common order.

    Its step is the lesson's, but a loss stays on the device until the epoch is over. A run after
    another one takes the same model, so that what is compiled for it stays.
    """

    def __init__(self, config: Config, train: Any, test: Any, compiled: str = "") -> None:
        import torch

        from lessons.l19_reproduce_a_record import imperative

        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self.train, self.test = self.put(train), self.put(test)
        model: Any = imperative.Model(config, self.train[0]).to(self.device)
        self.model = model.to(memory_format=torch.channels_last)
        self.trained = torch.compile(model, mode=compiled) if compiled else model
        self.begin(config)

    def put(self, split: Any) -> Any:
        """Images and labels on the device, NCHW."""
        import torch

        x, y = (torch.from_numpy(column).to(self.device) for column in split)
        return x.permute(0, 3, 1, 2).contiguous(), y.long()

    def begin(self, config: Config) -> None:
        """Initial values and optimizers of this Config, which differs in the seed alone."""
        import torch

        from lessons.l19_reproduce_a_record import imperative

        torch.manual_seed(config.seed)
        fresh = imperative.Model(config, self.train[0])
        self.config, self.order = config, order_of(config, len(self.train[0]))
        self.model.load_state_dict(fresh.state_dict())
        self.optimizers = imperative.recipe.Optimizers(self.model, config)
        slow = imperative.recipe.Lookahead
        self.slow = slow(self.model, config.schedule) if config.lookahead else None

    def epoch(self, number: int) -> list[float]:
        """One epoch's steps: their losses."""
        import torch

        from lessons.l19_reproduce_a_record import imperative

        (x, y), config, losses = self.train, self.config, []
        rows = self.order[number]
        flips = pictures.mirrored(config, len(x), number)[rows]
        shifts = pictures.shifts(config, len(x), number)[rows]
        rows = torch.from_numpy(rows).to(self.device)
        self.model.train()
        for i in range(0, len(rows) // config.batch_size * config.batch_size, config.batch_size):
            piece = slice(i, i + config.batch_size)
            images, labels = x[rows[piece]], y[rows[piece]]
            if pictures.augments(config):
                images = imperative.recipe.augmented(
                    images, flips[piece], shifts[piece], config.translate
                )
            images = images.contiguous(memory_format=torch.channels_last)
            l = imperative.loss(self.trained, (images, labels))
            self.optimizers.zero_grad()
            l.backward()
            self.optimizers.step()
            if self.slow:
                self.slow.step()
            losses.append(l.detach())
        return torch.stack(losses).tolist()

    def parts(self) -> list[Any]:
        """All that has a state."""
        return [self.model, *self.optimizers.all, *self.optimizers.schedules]

    def save(self, history: Any) -> dict[str, Any]:
        """All of it."""
        slow = [self.slow.slow, self.slow.count] if self.slow else None
        parts = [part.state_dict() for part in self.parts()]
        return {"parts": parts, "slow": slow, "history": history}

    def load(self, saved: dict[str, Any]) -> Any:
        """Go on from there: the history."""
        for part, state in zip(self.parts(), saved["parts"], strict=True):
            part.load_state_dict(state)
        if self.slow:
            self.slow.slow, self.slow.count = saved["slow"]
        return saved["history"]


def on_gpu(size: str, seeds: int, minutes: float, limit: int | None) -> None:
    """Both programs in bfloat16, seed after seed in turns, compilation apart: one file.

    A side is first run once for an epoch, which compiles all that a run needs; that is its
    `warm_seconds`. Of a run there are the seconds of its beginning (the whitening included), of its
    steps, and of its judgement in six views. After so many minutes no seed is begun any more.
    """
    import jax

    fields = SIZES[size] | {"bfloat16": True}
    name, train, test = photographs(limit)
    begun = time.perf_counter()
    first, at_hand = Config(**fields), (jax.device_put(train), jax.device_put(test))
    sides: dict[str, Any] = {
        "jax": partial(timed_jax, *at_hand),
        "torch": partial(timed_torch, Twin(first, train, test)),
        "torch-compile": partial(
            timed_torch, Twin(first, train, test, "max-autotune-no-cudagraphs")
        ),
    }
    found: dict[str, dict[str, Any]] = {}
    for side, run in sides.items():
        mark = time.perf_counter()
        run(first, 1)
        found[side] = {"warm_seconds": time.perf_counter() - mark, "runs": []}
        print(f"{side}: warm after {found[side]['warm_seconds']:.1f} s", flush=True)
    for seed in range(seeds):
        if time.perf_counter() - begun > 60 * minutes:
            break
        for side, run in sides.items():
            config = Config(**fields, seed=seed)
            found[side]["runs"].append({"seed": seed} | run(config, config.epochs))
            print(side, found[side]["runs"][-1], flush=True)
    if not all(each["runs"] for each in found.values()):
        raise InputError(f"compiling took all of the {minutes:g} minutes; give more with --minutes")
    for each in found.values():
        right = [run["accuracy"] for run in each["runs"]]
        each["accuracy"] = {"mean": statistics.mean(right), "n": len(right)}
        if len(right) > 1:
            each["accuracy"]["stdev"] = statistics.stdev(right)
        each["seconds"] = statistics.median(sum(run["seconds"].values()) for run in each["runs"])
    command = f"python -m benchmarks.record --gpu --{size} --seeds {seeds} --minutes {minutes:g}"
    command += f" --limit {limit}" if limit else ""
    document = {
        "schema": 1,
        "command": command,
        "data": name,
        "config": asdict(Config(**fields)),
        "sides": found,
        "wall_seconds": time.perf_counter() - begun,
        "environment": environment(),
    }
    parts = ["gpu", *([size] if size != "whole" else [])]
    parts += [f"of-{limit}-images"] if limit else []
    write(RESULTS / f"{'-'.join(parts)}.json", document)


def timed_jax(train: Any, test: Any, config: Config, epochs: int) -> dict[str, Any]:
    """A run of ours on arrays that lie on the device already."""
    import jax

    from jaxdl.train import fit
    from lessons.l19_reproduce_a_record import functional
    from lessons.l19_reproduce_a_record.recipe.functional import judged

    marks = [time.perf_counter()]
    images = np.asarray(train[0][:5000])
    params = functional.init(jax.random.key(config.seed), config, images)
    begin = functional.start(params, config)
    visits = pictures.visits(config, order_of(config, len(train[0])))
    _, on_batch = functional.make_step(config.compiled)
    marks.append(time.perf_counter())
    size = config.batch_size
    state, _ = fit(on_batch, begin, train, visits, epochs=epochs, batch_size=size, scan=True)
    jax.block_until_ready(state)
    marks.append(time.perf_counter())
    found = judged(functional.apply, functional.numbers(state), test, config)
    return timed(marks, float(found["test accuracy"]))


def timed_torch(twin: Twin, config: Config, epochs: int) -> dict[str, Any]:
    """A run of the twin, whose images lie on the device already."""
    import torch

    from lessons.l19_reproduce_a_record import imperative

    wait = torch.cuda.synchronize if torch.cuda.is_available() else (lambda: None)
    marks = [time.perf_counter()]
    twin.begin(config)
    wait()
    marks.append(time.perf_counter())
    for epoch in range(epochs):
        twin.epoch(epoch)
    wait()
    marks.append(time.perf_counter())
    right = imperative.score(twin.model, twin.test, config.views)
    return timed(marks, right)


def timed(marks: list[float], right: float) -> dict[str, Any]:
    """A run's accuracy, and the seconds between its marks and now."""
    pairs = zip([*marks, time.perf_counter()][1:], marks, strict=True)
    names = ("begin", "train", "evaluate")
    seconds = dict(zip(names, (end - start for end, start in pairs), strict=True))
    return {"accuracy": right, "seconds": seconds}


def write(file: Path, document: dict[str, Any]) -> None:
    """In one move."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as part:
        part.write_text(json.dumps(document, indent=1) + "\n", "utf-8")


def main() -> None:
    """Run what is asked for and has no result yet."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.record")
    which = parser.add_mutually_exclusive_group()
    for size in SIZES:
        which.add_argument(f"--{size}", dest="size", action="store_const", const=size)
    parser.add_argument("--side", choices=SIDES, help="one program alone; both")
    parser.add_argument("--seeds", type=int, default=1, help="how many, from 0 on")
    parser.add_argument("--without", choices=TAKEN_AWAY, help="an ingredient that is left out")
    parser.add_argument("--table", action="store_true", help="each left out in turn, ours alone")
    parser.add_argument("--muon", action="store_true", help="the later record's recipe")
    parser.add_argument("--xla", action="store_true", help="ours by XLA's own convolutions")
    parser.add_argument("--scan", action="store_true", help="ours an epoch a compiled call")
    parser.add_argument("--gpu", action="store_true", help="both, timed, in one file")
    parser.add_argument("--minutes", type=float, default=7.0, help="--gpu: begin no seed after")
    parser.add_argument("--limit", type=int, help="so many images alone: to try the program")
    asked = parser.parse_args()
    if asked.seeds < 1 or (asked.limit is not None and asked.limit < 1) or not asked.minutes > 0:
        parser.error("--seeds, --limit and --minutes are numbers above 0")
    try:
        run(asked)
    except InputError as error:
        parser.error(str(error))


def run(asked: Any) -> None:
    """What the command line asks for."""
    size = asked.size or "whole"
    if asked.gpu:
        on_gpu(size, asked.seeds, asked.minutes, asked.limit)
        return
    sides = (asked.side,) if asked.side else (("jax",) if asked.table else SIDES)
    lacking = [None, *TAKEN_AWAY] if asked.table else [asked.without]
    for seed in range(asked.seeds):
        for without in lacking:
            for side in sides:
                one(size, side, seed, without, asked)


def one(size: str, side: str, seed: int, without: str | None, asked: Any) -> None:
    """One run, unless it is there."""
    fields: dict[str, Any] = dict(SIZES[size])
    if asked.muon:
        fields |= {name: value for name, value in MUON.items() if RECORD.get(name) != value}
        fields["epochs"] = round(MUON["epochs"] * SIZES[size].get("epochs", 10) / 10)
        fields["schedule"] = 25 * fields["epochs"]
    fields |= TAKEN_AWAY[without] if without else {}
    parts = [size, side, *(["muon"] if asked.muon else [])]
    parts += [f"without-{without.replace(' ', '-')}"] if without else []
    parts += [f"of-{asked.limit}-images"] if asked.limit else []
    name = "-".join([*parts, f"seed{seed}"])
    if (RESULTS / f"{name}.json").is_file():
        print(f"{name}: there")
        return
    config = Config(**fields, seed=seed)
    data, train, test = photographs(asked.limit)
    if side == "jax":
        ours = run_jax(config, train, test, name, xla=asked.xla, scan=asked.scan)
    else:
        ours = run_torch(config, train, test, name)
    command = f"python -m benchmarks.record --{size} --side {side} --seeds {seed + 1}"
    command += f" --without '{without}'" if without else ""
    command += "".join(f" --{word}" for word in ("muon", "xla", "scan") if getattr(asked, word))
    command += f" --limit {asked.limit}" if asked.limit else ""
    head = {"schema": 1, "command": command, "data": data, "side": side, "without": without}
    write(
        RESULTS / f"{name}.json",
        head | {"config": asdict(config)} | ours | {"environment": environment()},
    )
    print(f"{name}: {ours['result']}", flush=True)


if __name__ == "__main__":
    main()
