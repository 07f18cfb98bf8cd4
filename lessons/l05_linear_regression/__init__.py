"""Lesson 5, linear regression: the layer, the loss and the update as library calls."""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import LINEAR, Layer, ParameterMap

OPTIMIZERS = ("sgd", "adagrad", "adam", "adamax", "asgd", "lbfgs", "rmsprop", "rprop")


@dataclass(frozen=True)
class Config:
    """The lecture's values; the other seven optimizers are its homework."""

    optimizer: str = option("sgd", "the rule of the update", choices=OPTIMIZERS)
    learning_rate: float = option(0.01, "the step size, or what the optimizer makes of it", min=0)
    epochs: int = option(1000, "how often all three examples are seen, one step each time", min=0)
    seed: int = option(0, "of the initial w and b")


def parameter_map(config: Config) -> ParameterMap:
    """One linear layer: a kernel (1, 1) and a bias (1,)."""
    return ParameterMap((Layer("linear", "linear", LINEAR),))


LESSON = Lesson(
    package=__name__,
    number=5,
    title="Linear regression",
    title_zh="线性回归",
    parameter_map=parameter_map,
    variants={
        **{name: {"optimizer": name} for name in OPTIMIZERS},
        # At 0.01 it has arrived within 100 steps, where b is 0 up to rounding: nothing to compare.
        "lbfgs": {"optimizer": "lbfgs", "learning_rate": 0.001},
    },
    bar=20.0,
)
