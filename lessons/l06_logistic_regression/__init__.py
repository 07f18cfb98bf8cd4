"""Lesson 6, logistic regression: a probability instead of a number, and the loss that fits it."""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import LINEAR, Layer, ParameterMap


@dataclass(frozen=True)
class Config:
    """The lecture's values."""

    learning_rate: float = option(0.01, "how far a step follows the gradient", min=0)
    epochs: int = option(1000, "how often all three examples are seen, one step each time", min=0)
    seed: int = option(0, "of the initial w and b")


def parameter_map(config: Config) -> ParameterMap:
    """One linear layer: a kernel (1, 1) and a bias (1,). The sigmoid has no parameters."""
    return ParameterMap((Layer("linear", "linear", LINEAR),))


LESSON = Lesson(
    package=__name__,
    number=6,
    title="Logistic regression",
    title_zh="逻辑斯蒂回归",
    parameter_map=parameter_map,
    # With seed 0, b passes 0 at step 100, where a relative error measures nothing.
    variants={"seed1": {"seed": 1}},
    bar=20.0,
)
