"""Lesson 14, character RNN: a net that writes, one letter after the other."""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import Layer, ParameterMap, rules

DATASETS = ("play", "shakespeare")


@dataclass(frozen=True)
class Config:
    """Three layers of 100, as the lecture's ancestor has them."""

    data: str = option(
        "play",
        "play: a short one of our own, embedded; shakespeare: a million letters",
        choices=DATASETS,
    )
    hidden: int = option(100, "size of a letter's embedding, and of a state", min=1)
    length: int = option(50, "letters in one example", min=1)
    batch_size: int = option(32, "examples in one step", min=1)
    learning_rate: float = option(0.005, "Adam's step", min=0)
    epochs: int = option(40, "how often the text is read", min=0)
    temperature: float = option(0.5, "of the text it writes: 0 takes the likeliest letter", min=0)
    seed: int = option(0, "of the initial parameters, of the shuffling, of the text it writes")


def parameter_map(config: Config) -> ParameterMap:
    """The layers in the order in which the twin builds them."""
    return ParameterMap(
        (
            Layer("embedding", "embedding", rules.EMBEDDING),
            Layer("gru", "gru", rules.gru(num_layers=3)),
            Layer("fc", "fc"),
        )
    )


LESSON = Lesson(
    package=__name__,
    number=14,
    title="Character RNN",
    title_zh="字符级语言模型",
    parameter_map=parameter_map,
    datasets=DATASETS,
    batch="batch_size",
    shuffles=True,
    resumable=True,
    predicts="text",
    quick={"hidden": 64, "batch_size": 16, "learning_rate": 0.02, "epochs": 11},
    # A hundred small steps, since Adam makes a whole step of a gradient that is all but rounding.
    # In large ones the parameters part by more than 1e-5 in float32:
    # jaxdl compare l14 --against torch --epochs 12 --learning-rate 0.002
    variants={"32 numbers": {"hidden": 32, "epochs": 12, "learning_rate": 0.0005}},
    bar=2.0,
    flax=True,
)
