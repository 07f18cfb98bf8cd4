"""Lesson 3, gradient descent: follow the slope, of all examples, of one, or of a few."""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import SCALAR, Layer, ParameterMap


@dataclass(frozen=True)
class Config:
    """The lecture's values."""

    method: str = option(
        "batch",
        "whose slope a step follows: all three examples', one's (sgd), two's (mini-batch)",
        choices=("batch", "sgd", "mini-batch"),
    )
    learning_rate: float = option(0.01, "how far a step follows the slope", min=0)
    epochs: int = option(100, "how often the three examples are seen", min=0)
    seed: int = option(0, "nothing is random in the descent: w starts at 1, the order is fixed")

    @property
    def batch_size(self) -> int:
        """Examples a step; the last batch of an epoch has what is left."""
        return {"batch": 3, "sgd": 1, "mini-batch": 2}[self.method]


def parameter_map(config: Config) -> ParameterMap:
    return ParameterMap((Layer("w", "", SCALAR),))


LESSON = Lesson(
    package=__name__,
    number=3,
    title="Gradient descent",
    title_zh="梯度下降",
    parameter_map=parameter_map,
    batch="batch_size",
    variants={"batch": {}, "sgd": {"method": "sgd"}, "mini-batch": {"method": "mini-batch"}},
    bar=20.0,
)
