"""Lesson 9, softmax classifier: ten classes, layers from Flax, momentum, a test set."""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import Layer, ParameterMap

DATASETS = ("digits", "mnist", "fashion_mnist", "kmnist")


@dataclass(frozen=True)
class Config:
    """The lecture's values; the lecture's own data are `--data mnist`."""

    data: str = option(
        "digits",
        "digits: 1,437 images, embedded; mnist: the lecture's 60,000",
        choices=DATASETS,
    )
    batch_size: int = option(64, "examples in one step", min=1)
    learning_rate: float = option(0.01, "how far a step follows the gradient", min=0)
    momentum: float = option(0.5, "how much of the last step's direction is kept", min=0)
    epochs: int = option(10, "how often every example is seen", min=0)
    seed: int = option(0, "of the initial parameters and of the shuffling")


def parameter_map(config: Config) -> ParameterMap:
    """Five linear layers, in the order in which the twin builds them."""
    return ParameterMap(tuple(Layer(f"linear{i}", f"linear{i}") for i in range(1, 6)))


LESSON = Lesson(
    package=__name__,
    number=9,
    title="Softmax classifier",
    title_zh="多分类问题",
    parameter_map=parameter_map,
    datasets=DATASETS,
    batch="batch_size",
    shuffles=True,
    tests_each_epoch=True,
    resumable=True,
    predicts="image",
    # An epoch of the digits has 23 steps, one of MNIST 938: few steps want to be larger ones.
    quick={"epochs": 20, "learning_rate": 0.1},
    variants={"default": {}, "without momentum": {"momentum": 0.0}},
    bar=1.3,
    sharded=True,
    shares="asked",
    flax=True,
)
