"""Lesson 17, state and randomness in layers: batch normalisation, dropout, and where they live."""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import BATCH_NORM, CONV2D, Layer, ParameterMap, linear_after_flatten

DATASETS = ("digits", "mnist", "fashion_mnist", "kmnist")
HIDDEN = 50


@dataclass(frozen=True)
class Config:
    """Lesson 10's values."""

    data: str = option(
        "digits",
        "digits: 1,437 images, embedded; mnist: 60,000",
        choices=DATASETS,
    )
    dropout: float = option(0.5, "the share of the hidden units that a step drops", min=0, max=1)
    batch_size: int = option(64, "examples in one step", min=1)
    learning_rate: float = option(0.01, "how far a step follows the gradient", min=0)
    momentum: float = option(0.5, "how much of the last step's direction is kept", min=0)
    epochs: int = option(10, "how often every example is seen", min=0)
    seed: int = option(0, "of the initial parameters, of the shuffling and of the dropout")


def parameter_map(config: Config) -> ParameterMap:
    """The layers in the order in which the twin builds them; running statistics are in it."""
    return ParameterMap(
        (
            Layer("conv1", "conv1", CONV2D),
            Layer("bn1", "bn1", BATCH_NORM),
            Layer("conv2", "conv2", CONV2D),
            Layer("bn2", "bn2", BATCH_NORM),
            Layer("fc1", "fc1", linear_after_flatten(20, 4, 4)),
            Layer("fc2", "fc2"),
        )
    )


def dropouts(config: Config) -> tuple[tuple[tuple[int, ...], float], ...]:
    """The one that a training step goes through: the shape of an example, and the rate."""
    return (((HIDDEN,), config.dropout),)


LESSON = Lesson(
    package=__name__,
    number=17,
    title="State and randomness",
    title_zh="状态与随机性",
    parameter_map=parameter_map,
    datasets=DATASETS,
    batch="batch_size",
    shuffles=True,
    dropouts=dropouts,
    tests_each_epoch=True,
    resumable=True,
    predicts="image",
    diverges="two values that a pooling or a ReLU compares are equal up to rounding",
    quick={"learning_rate": 0.05, "epochs": 6},
    # PyTorch's compiled steps draw other masks than its own: the arms are compared without.
    nets={"without-dropout": {"dropout": 0.0}},
    flax=True,
)
