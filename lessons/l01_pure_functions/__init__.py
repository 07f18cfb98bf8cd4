"""Lesson 1, pure functions: values and functions instead of objects that remember."""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import LINEAR, Layer, ParameterMap


@dataclass(frozen=True)
class Config:
    """A net as small as the exclusive or allows."""

    hidden: int = option(4, "width of the hidden layer", min=1)
    learning_rate: float = option(0.2, "how far a step follows the gradient", min=0)
    epochs: int = option(500, "how often the four examples are seen", min=0)
    seed: int = option(0, "the key, or torch.manual_seed's number, that the parameters come from")


def parameter_map(config: Config) -> ParameterMap:
    return ParameterMap(tuple(Layer(name, name, LINEAR) for name in ("hidden", "output")))


LESSON = Lesson(
    package=__name__,
    number=1,
    title="Pure functions",
    title_zh="纯函数",
    parameter_map=parameter_map,
)
