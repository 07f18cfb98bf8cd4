"""`jaxdl run lXX --like-torch --seed S` beside a plain PyTorch script: its first losses.

A hundred on MNIST; an epoch, 53, on the lecture's names. `python -m benchmarks.like_torch` (with
JAXDL_DATA_DIR or after `jaxdl data prepare mnist` and `names`) writes
`benchmarks/results/like_torch.json`: for each net and seed the largest relative difference of a
loss between ours and the script, in both precisions, and, as the measure of what float32 can hold,
between the script and itself: with one thread instead of two, and without oneDNN's convolutions.

The scripts below know nothing of jaxdl: they seed, build a net, and iterate a shuffling DataLoader.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence
from torch.utils.data import DataLoader, TensorDataset

from jaxdl.course import find
from jaxdl.course.start import Start, begin

RESULT = Path(__file__).parent / "results" / "like_torch.json"
STEPS = 100


def softmax_classifier() -> nn.Module:
    """Lesson 9's net."""
    layers: list[nn.Module] = [nn.Flatten(), nn.Linear(784, 512)]
    for inputs, outputs in ((512, 256), (256, 128), (128, 64), (64, 10)):
        layers += [nn.ReLU(), nn.Linear(inputs, outputs)]
    return nn.Sequential(*layers)


def basic_cnn() -> nn.Module:
    """Lesson 10's net."""
    first = (nn.Conv2d(1, 10, 5), nn.MaxPool2d(2), nn.ReLU())
    second = (nn.Conv2d(10, 20, 5), nn.MaxPool2d(2), nn.ReLU())
    return nn.Sequential(*first, *second, nn.Flatten(), nn.Linear(320, 10))


class Inception(nn.Module):
    """The lecture's InceptionA."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.branch1x1 = nn.Conv2d(channels, 16, 1)
        self.branch5x5 = nn.Sequential(nn.Conv2d(channels, 16, 1), nn.Conv2d(16, 24, 5, padding=2))
        self.branch3x3 = nn.Sequential(
            nn.Conv2d(channels, 16, 1),
            nn.Conv2d(16, 24, 3, padding=1),
            nn.Conv2d(24, 24, 3, padding=1),
        )
        self.branch_pool = nn.Sequential(
            nn.AvgPool2d(3, stride=1, padding=1), nn.Conv2d(channels, 24, 1)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, channels, h, w) -> (n, 88, h, w)."""
        branches = (self.branch1x1, self.branch5x5, self.branch3x3, self.branch_pool)
        return torch.cat([branch(x) for branch in branches], dim=1)


class GoogLeNet(nn.Module):
    """The lecture's net; its layers are built in the lecture's order."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, 5)
        self.conv2 = nn.Conv2d(88, 20, 5)
        self.incep1 = Inception(10)
        self.incep2 = Inception(20)
        self.mp = nn.MaxPool2d(2)
        self.fc = nn.Linear(1408, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, 1, 28, 28) -> (n, 10)."""
        x = self.incep1(torch.relu(self.mp(self.conv1(x))))
        x = self.incep2(torch.relu(self.mp(self.conv2(x))))
        return self.fc(x.flatten(1))


class Residual(nn.Module):
    """The lecture's residual block."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The same shape."""
        return torch.relu(x + self.conv2(torch.relu(self.conv1(x))))


class ResNet(nn.Module):
    """The lecture's net; its layers are built in the lecture's order."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 16, 5)
        self.conv2 = nn.Conv2d(16, 32, 5)
        self.rblock1 = Residual(16)
        self.rblock2 = Residual(32)
        self.mp = nn.MaxPool2d(2)
        self.fc = nn.Linear(512, 10)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(n, 1, 28, 28) -> (n, 10)."""
        x = self.rblock1(self.mp(torch.relu(self.conv1(x))))
        x = self.rblock2(self.mp(torch.relu(self.conv2(x))))
        return self.fc(x.flatten(1))


class NameClassifier(nn.Module):
    """Lesson 13's net."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(128, 100)
        self.gru = nn.GRU(100, 100, num_layers=2, bidirectional=True)
        self.fc = nn.Linear(200, 18)

    def forward(self, names: tuple[str, ...]) -> torch.Tensor:
        """n names -> (n, 18)."""
        letters = [torch.tensor([ord(letter) for letter in name]) for name in names]
        packed = pack_padded_sequence(
            self.embedding(pad_sequence(letters)),
            torch.tensor([len(name) for name in names]),
            enforce_sorted=False,
        )
        _, hidden = self.gru(packed)
        return self.fc(torch.cat([hidden[-1], hidden[-2]], dim=1))


CASES: dict[str, tuple[str, dict[str, str], Any]] = {
    "l09": ("l09", {}, softmax_classifier),
    "l10": ("l10", {}, basic_cnn),
    "l11-resnet": ("l11", {"model": "resnet"}, ResNet),
    "l11-googlenet": ("l11", {"model": "googlenet"}, GoogLeNet),
    "l13": ("l13", {}, NameClassifier),
}


def script(
    net: Any, x: np.ndarray, labels: np.ndarray, seed: int, *, dtype: str = "float32"
) -> np.ndarray:
    """The first losses of a plain script on pictures, or on names, (at most STEPS,)."""
    precision, criterion, losses = getattr(torch, dtype), nn.CrossEntropyLoss(), []
    torch.manual_seed(seed)
    model = net().to(precision)
    if x.dtype.kind == "U":
        rows = list(zip(x.tolist(), labels.tolist(), strict=True))
        loader = DataLoader(rows, batch_size=256, shuffle=True)  # type: ignore[arg-type]
        optimizer = torch.optim.Adam(model.parameters(), lr=0.001)
    else:
        images = ((torch.from_numpy(x).float() / 255 - 0.1307) / 0.3081).unsqueeze(1)
        data = TensorDataset(images.to(precision), torch.from_numpy(labels).long())
        loader = DataLoader(data, batch_size=64, shuffle=True)
        optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.5)
    for inputs, targets in loader:
        l = criterion(model(inputs), targets)
        optimizer.zero_grad()
        l.backward()
        optimizer.step()
        losses.append(l.item())
        if len(losses) == STEPS:
            break
    return np.array(losses)


def ours(case: str, data: str, seed: int, *, dtype: str = "float32") -> np.ndarray:
    """The same losses of the lesson's functional program, started as --like-torch does."""
    import jax

    name, fields, _ = CASES[case]
    lesson = find(name)
    config = lesson.config(data=data, seed=seed, epochs=1, **fields)
    with jax.enable_x64(dtype == "float64"):
        program = lesson.program(config)
        examples, params, more = begin(lesson, config, program, Start(True, dtype))
        order = more["order"][:, : STEPS * config.batch_size]
        _, history = program.train(examples, params, order=order)
    return np.asarray(history["loss"][0])


def difference(a: np.ndarray, b: np.ndarray) -> float:
    """The largest relative difference of a loss."""
    return float(np.max(np.abs(a - b) / b))


def measure(case: str, data: str, seed: int) -> dict[str, float]:
    """One net, one seed: how far ours is from the script, and the script from itself."""
    from jaxdl.data import load

    split = load(data).train
    run = partial(script, CASES[case][2], split.x, split.y, seed)
    plain = run()
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    one_thread = run()
    torch.set_num_threads(threads)
    with torch.backends.mkldnn.flags(enabled=False):
        without_onednn = run()
    double = run(dtype="float64")
    return {
        "ours to the script, float64": difference(ours(case, data, seed, dtype="float64"), double),
        "ours to the script, float32": difference(ours(case, data, seed), plain),
        "the script to itself, one thread": difference(one_thread, plain),
        "the script to itself, without oneDNN": difference(without_onednn, plain),
    }


def main(cases: list[str], seeds: int = 3) -> None:
    """Measure the cases that are named, or all, with the first seeds and write the result."""
    from jaxdl.course.document import environment

    known = json.loads(RESULT.read_text("utf-8"))["seeds"] if cases else {}
    for case in cases or CASES:
        data = "names" if case == "l13" else "mnist"
        known[case] = [measure(case, data, seed) for seed in range(seeds)]
    versions = environment() | {"torch": torch.__version__, "threads": torch.get_num_threads()}
    document = {"command": "python -m benchmarks.like_torch", "steps": STEPS, "seeds": known}
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(document | {"environment": versions}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
