"""Lesson 2, linear model: a model, a loss, and a search that tries every parameter."""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import SCALAR, Layer, ParameterMap


@dataclass(frozen=True)
class Config:
    """The lecture's values."""

    model: str = option("line", "line: ŷ = wx; affine: ŷ = wx + b", choices=("line", "affine"))
    points: int = option(41, "how many values of w are tried, from 0 on; of b, from -2 on", min=0)
    per_unit: int = option(10, "how many of them lie in each unit: 10 are 0.1 apart", min=1)
    seed: int = option(0, "nothing is random here: the search tries the same grid every time")


def parameter_map(config: Config) -> ParameterMap:
    names = ("w",) if config.model == "line" else ("w", "b")
    return ParameterMap(tuple(Layer(name, name, SCALAR) for name in names))


LESSON = Lesson(
    package=__name__,
    number=2,
    title="Linear model",
    title_zh="线性模型",
    parameter_map=parameter_map,
    length="points",
    variants={"line": {}, "affine": {"model": "affine"}},
    nets={},  # a search takes no steps
)
