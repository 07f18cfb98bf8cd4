"""Lesson 19, reproduce a record: CIFAR-10 to 94 % in few steps, from a paper to a program."""

from dataclasses import dataclass, replace

from jaxdl.course import Lesson, option
from jaxdl.parity import CONV2D, Layer, ParameterMap
from lessons.l19_reproduce_a_record import rules

DATASETS = ("digits", "cifar10")
FLIPS = ("alternating", "random", "none")
OPTIMIZERS = ("sgd", "muon")


@dataclass(frozen=True)
class Config:
    """The paper's recipe, for a narrow net and small batches; `RECORD` has the paper's own size."""

    data: str = option(
        "digits",
        "digits: 1,437 images, in colours of our own, embedded; cifar10: 50,000 photographs",
        choices=DATASETS,
    )
    width: int = option(8, "channels of the first block; the others have four times as many", min=1)
    whiten: bool = option(True, "the first layer whitens patches, and its kernels stay")
    identity: bool = option(True, "the other convolutions begin by passing on their input")
    batch_size: int = option(64, "examples in one step", min=1)
    optimizer: str = option("sgd", "what the convolutions are trained by", choices=OPTIMIZERS)
    learning_rate: float = option(100.0, "for 1,024 examples; in large batches 11.5", min=0)
    bias_rate: float = option(64.0, "how many times as much for the normalisations' biases", min=0)
    muon_rate: float = option(0.24, "Muon's step, where it trains the convolutions", min=0)
    momentum: float = option(0.85, "how much of the last step's direction is kept", min=0)
    weight_decay: float = option(0.0153, "for 1,024 examples, whatever the learning rate", min=0)
    label_smoothing: float = option(0.2, "the share of a label that all classes get", min=0, max=1)
    lookahead: bool = option(
        True, "a slow copy of the net follows it, and every 5 steps is the net"
    )
    flip: str = option("alternating", "which images are mirrored in an epoch", choices=FLIPS)
    translate: int = option(2, "pixels that an image is shifted by at most", min=0)
    views: int = option(
        6, "that a test image is judged by: itself, its mirror image, shifts", min=1
    )
    schedule: int = option(220, "steps of it: up for 23 % of them, then down", min=1)
    freeze: float = option(0.3, "the share of the steps that train the first layer's bias", min=0)
    epochs: int = option(10, "how often every example is seen", min=0)
    bfloat16: bool = option(False, "compute in bfloat16, while the parameters stay in float32")
    seed: int = option(0, "of the initial parameters, the order, the mirror images and the shifts")

    @property
    def rate(self) -> float:
        """The learning rate that SGD with Nesterov's momentum takes, on a mean over the batch.

        The paper divides by 1 + 1/(1 - momentum), which 11.5 was found with.
        """
        return self.learning_rate * self.batch_size / 1024 / (1 + 1 / (1 - self.momentum))

    @property
    def channels(self) -> tuple[int, ...]:
        """Of each block."""
        return self.width, 4 * self.width, 4 * self.width

    @property
    def bias_steps(self) -> int:
        """Steps that train the first layer's bias."""
        return round(self.freeze * self.schedule)

    @property
    def compiled(self) -> "Config":
        """Less what no step depends on: where two are equal in this, one compiled step does."""
        return replace(self, data="digits", flip="none", views=1, epochs=0, seed=0)


RECORD = {
    "data": "cifar10",
    "width": 64,
    "batch_size": 1024,
    "learning_rate": 11.5,
    "schedule": 480,
}
"""The paper's size: 10 epochs of 48 whole batches; it has 9.9 epochs, 476 steps."""
MUON = RECORD | {
    "optimizer": "muon",
    "learning_rate": 6.5,
    "lookahead": False,
    "batch_size": 2000,
    "schedule": 200,
    "freeze": 0.375,
    "epochs": 8,
}
"""The later record, by Muon."""
TAKEN_AWAY = {
    "whitening": {"whiten": False},
    "identity": {"identity": False},
    "bias_rate": {"bias_rate": 1.0},
    "label smoothing": {"label_smoothing": 0.0},
    "lookahead": {"lookahead": False},
    "alternating flip": {"flip": "random"},
    "any flip": {"flip": "none"},
    "shifts": {"translate": 0},
    "six views": {"views": 1},
}
"""Each ingredient, with the fields of Config that leave it out."""


def parameter_map(config: Config) -> ParameterMap:
    """The layers in the order in which the twin builds them."""
    first = rules.whitening(config) if config.whiten else CONV2D
    layers = [Layer("whiten", "whiten", first)]
    for i in range(len(config.channels)):
        for conv, norm in (("conv1", "norm1"), ("conv2", "norm2")):
            name = f"blocks.{i}.{conv}"
            layers.append(Layer(name, name, rules.IDENTITY if config.identity else CONV2D))
            name = f"blocks.{i}.{norm}"
            layers.append(Layer(name, name, rules.BATCH_NORM))
    return ParameterMap((*layers, Layer("head", "head")))


NARROW = {"width": 4, "batch_size": 64, "schedule": 66, "epochs": 3}

LESSON = Lesson(
    package=__name__,
    number=19,
    title="Reproduce a record",
    title_zh="复现一项纪录",
    parameter_map=parameter_map,
    datasets=DATASETS,
    batch="batch_size",
    shuffles=True,
    resumable=True,
    diverges="two values that a pooling compares are equal up to rounding",
    quick={"schedule": 88, "epochs": 4},
    variants={
        "sgd": NARROW,
        "muon": NARROW | {"optimizer": "muon", "learning_rate": 56.0, "lookahead": False},
    },
    # Of the steps alone: the twin's images are mirrored and shifted before they come to a step.
    nets={"as-they-are": {"flip": "none", "translate": 0, "lookahead": False, "schedule": 1000}},
    flax=True,
)
