"""Lesson 13, RNN classifier: from which country is a surname?"""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import Layer, ParameterMap, rules

DATASETS = ("surnames", "names")


@dataclass(frozen=True)
class Config:
    """The lecture's values; the lecture's own data are `--data names`."""

    data: str = option(
        "surnames",
        "surnames: of 18 countries, embedded; names: the lecture's, of 18 others",
        choices=DATASETS,
    )
    hidden: int = option(100, "size of a letter's embedding, and of a state", min=1)
    layers: int = option(2, "of GRU, one above the other", min=1)
    batch_size: int = option(256, "names in one step", min=1)
    learning_rate: float = option(0.001, "Adam's step", min=0)
    epochs: int = option(100, "how often every name is seen", min=0)
    seed: int = option(0, "of the initial parameters and of the shuffling")


def parameter_map(config: Config) -> ParameterMap:
    """The layers in the order in which the twin builds them."""
    return ParameterMap(
        (
            Layer("embedding", "embedding", rules.EMBEDDING),
            Layer("gru", "gru", rules.gru(num_layers=config.layers, bidirectional=True)),
            Layer("fc", "fc"),
        )
    )


LESSON = Lesson(
    package=__name__,
    number=13,
    title="RNN classifier",
    title_zh="循环神经网络（高级篇）",
    parameter_map=parameter_map,
    datasets=DATASETS,
    batch="batch_size",
    shuffles=True,
    tests_each_epoch=True,
    resumable=True,
    predicts="name",
    quick={"epochs": 8, "batch_size": 64, "hidden": 32, "learning_rate": 0.01},
    # Fewer numbers in a state, so that the 108 steps take seconds; the lecture's own sizes:
    # jaxdl compare l13 --against torch --hidden 100
    variants={"32 numbers": {"hidden": 32, "seed": 1}},
    bar=1.3,
    sharded=True,
    shares="itself",
    flax=True,
)
