"""Lesson 7, multiple-dimension input: many features, many layers, one matrix product each."""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import Layer, ParameterMap

ACTIVATIONS = ("sigmoid", "tanh", "relu", "elu", "gelu")


@dataclass(frozen=True)
class Config:
    """The lecture's values; the lecture's own data are `--data diabetes`."""

    data: str = option(
        "breast_cancer",
        "breast_cancer: 30 features, embedded; diabetes: the lecture's, 8 features",
        choices=("breast_cancer", "diabetes"),
    )
    activation: str = option(
        "sigmoid", "between the layers; what the last one gives is a logit", choices=ACTIVATIONS
    )
    learning_rate: float = option(0.1, "how far a step follows the gradient", min=0)
    epochs: int = option(100, "how often all examples are seen, one step each time", min=0)
    seed: int = option(0, "of the initial parameters")


def parameter_map(config: Config) -> ParameterMap:
    """Three linear layers, in the order in which the twin builds them."""
    return ParameterMap(tuple(Layer(name, name) for name in ("linear1", "linear2", "linear3")))


LESSON = Lesson(
    package=__name__,
    number=7,
    title="Multiple-dimension input",
    title_zh="处理多维特征的输入",
    parameter_map=parameter_map,
    datasets=("breast_cancer", "diabetes"),
    variants={name: {"activation": name} for name in ACTIVATIONS},
    bar=20.0,
)
