"""Lesson 42: a cubic through noisy points. Parameters in a tuple, mini-batches, RMSprop."""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import LINEAR, SCALAR, Layer, ParameterMap


@dataclass(frozen=True)
class Config:
    """Few examples, few steps."""

    size: int = option(8, "examples in one step", min=1)
    rate: float = option(0.01, "the step size", min=0)
    passes: int = option(4, "how often the examples are seen", min=0)
    seed: int = option(0, "of the parameters and of the shuffling")


def parameter_map(config: Config) -> ParameterMap:
    return ParameterMap((Layer("powers", "0", LINEAR), Layer("scale", "1", SCALAR)))


LESSON = Lesson(
    package=__name__,
    number=42,
    title="Cubic",
    title_zh="三次",
    parameter_map=parameter_map,
    length="passes",
    batch="size",
    shuffles=True,
    variants={"eights": {}, "tens": {"size": 10}},
    bar=2.0,
    sharded=True,
)
