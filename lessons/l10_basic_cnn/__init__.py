"""Lesson 10, basic CNN: kernels that slide over the image, pooling, and where layouts differ."""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import CONV2D, Layer, ParameterMap, linear_after_flatten

DATASETS = ("digits", "mnist", "fashion_mnist", "kmnist")
MODELS = ("lecture", "deeper")


@dataclass(frozen=True)
class Config:
    """The lecture's values; its data are `--data mnist`, its homework `--model deeper`."""

    data: str = option(
        "digits",
        "digits: 1,437 images, embedded; mnist: the lecture's 60,000",
        choices=DATASETS,
    )
    model: str = option(
        "lecture",
        "lecture: two convolutions, one linear layer; deeper: the homework, three and three",
        choices=MODELS,
    )
    batch_size: int = option(64, "examples in one step", min=1)
    learning_rate: float = option(0.01, "how far a step follows the gradient", min=0)
    momentum: float = option(0.5, "how much of the last step's direction is kept", min=0)
    epochs: int = option(10, "how often every example is seen", min=0)
    seed: int = option(0, "of the initial parameters and of the shuffling")


def parameter_map(config: Config) -> ParameterMap:
    """The layers in the order in which the twin builds them."""
    if config.model == "lecture":
        convolutions, channels, size, linear = 2, 20, 4, ("fc",)
    else:
        convolutions, channels, size, linear = 3, 32, 3, ("fc1", "fc2", "fc3")
    first, *rest = linear
    return ParameterMap(
        (
            *(Layer(f"conv{i}", f"conv{i}", CONV2D) for i in range(1, convolutions + 1)),
            Layer(first, first, linear_after_flatten(channels, size, size)),
            *(Layer(name, name) for name in rest),
        )
    )


AT_ONCE = 32
"""Examples that a core computes with at once; what lies between the layers stays in its cache."""

LESSON = Lesson(
    package=__name__,
    number=10,
    title="Basic CNN",
    title_zh="卷积神经网络（基础篇）",
    parameter_map=parameter_map,
    datasets=DATASETS,
    batch="batch_size",
    shuffles=True,
    tests_each_epoch=True,
    resumable=True,
    predicts="image",
    diverges="two values that a pooling or a ReLU compares are equal up to rounding",
    # An epoch of the digits has 23 steps, one of MNIST 938: few steps want to be larger ones.
    quick={"learning_rate": 0.1},
    variants={model: {"model": model} for model in MODELS},
    nets={model: {"model": model} for model in MODELS},
    bar=1.5,
    sharded=True,
    shares="itself",
    at_once=AT_ONCE,
    flax=True,
)
