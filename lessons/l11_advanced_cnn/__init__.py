"""Lesson 11, advanced CNN: nets that branch (GoogLeNet), with shortcuts (ResNet, DenseNet)."""

from dataclasses import dataclass

from jaxdl import data as datasets
from jaxdl.course import Lesson, option
from jaxdl.parity import CONV2D, Layer, ParameterMap, linear_after_flatten

DATASETS = ("digits", "mnist", "fashion_mnist", "kmnist", "cifar10")
MODELS = ("googlenet", "resnet", "densenet")
LAYERS = range(4)  # of a dense block
BRANCHES = ("1x1", "5x5_1", "5x5_2", "3x3_1", "3x3_2", "3x3_3", "pool")


@dataclass(frozen=True)
class Config:
    """The lecture's values; its data are `--data mnist`, its homework `--model densenet`."""

    data: str = option(
        "digits",
        "digits: 1,437 images, embedded; mnist: the lecture's 60,000; cifar10: in colour",
        choices=DATASETS,
    )
    model: str = option(
        "googlenet", "googlenet, resnet: the lecture's; densenet: the homework", choices=MODELS
    )
    batch_size: int = option(64, "examples in one step", min=1)
    learning_rate: float = option(0.01, "how far a step follows the gradient", min=0)
    momentum: float = option(0.5, "how much of the last step's direction is kept", min=0)
    epochs: int = option(10, "how often every example is seen", min=0)
    seed: int = option(0, "of the initial parameters and of the shuffling")


def parameter_map(config: Config) -> ParameterMap:
    """The layers in the order in which the twin builds them."""
    if config.model == "googlenet":
        channels = 88
        inner = [f"incep{i}.branch{name}" for i in (1, 2) for name in BRANCHES]
    elif config.model == "resnet":
        channels = 32
        inner = [f"rblock{i}.conv{j}" for i in (1, 2) for j in (1, 2)]
    else:
        channels = 56
        inner = [f"dense{i}.convs.{j}" for i in (1, 2) for j in LAYERS]
    size = final_size(image_shape(config)[0])
    return ParameterMap(
        (
            *(Layer(name, name, CONV2D) for name in ("conv1", "conv2", *inner)),
            Layer("fc", "fc", linear_after_flatten(channels, size, size)),
        )
    )


def image_shape(config: Config) -> tuple[int, int, int]:
    """Height, width and channels of the data's images."""
    height, width, *channels = datasets.find(config.data).features
    return height, width, channels[0] if channels else 1


def final_size(size: int) -> int:
    """Height of what is flattened: twice a 5×5 convolution, then 2×2 pooling; 28 -> 12 -> 4."""
    for _ in range(2):
        size = (size - 4) // 2
    return size


AT_ONCE = 32
"""Examples that a core computes with at once; what lies between the layers stays in its cache."""

LESSON = Lesson(
    package=__name__,
    number=11,
    title="Advanced CNN",
    title_zh="卷积神经网络（高级篇）",
    parameter_map=parameter_map,
    datasets=DATASETS,
    batch="batch_size",
    shuffles=True,
    tests_each_epoch=True,
    resumable=True,
    predicts="image",
    diverges="two values that a pooling or a ReLU compares are equal up to rounding",
    # Batches of 14, so that an epoch of the digits has 103 steps, not 23. Both compile the same.
    quick={"batch_size": 14, "epochs": 4},
    # With seed 0 a ReLU of the DenseNet is given what is 0 up to rounding.
    variants={
        model: {"model": model, "batch_size": 14} | ({"seed": 1} if model == "densenet" else {})
        for model in MODELS
    },
    nets={model: {"model": model} for model in ("googlenet", "resnet")},
    bar=1.2,
    sharded=True,
    shares="itself",
    at_once=AT_ONCE,
    flax=True,
)
