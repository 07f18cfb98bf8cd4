"""Lesson 4, back propagation: what the gradient is, and who computes it when."""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import SCALAR, Layer, ParameterMap


@dataclass(frozen=True)
class Config:
    """The lecture's values."""

    model: str = option(
        "line", "line: ŷ = wx; parabola: ŷ = w₁x² + w₂x + b", choices=("line", "parabola")
    )
    learning_rate: float = option(0.01, "how far a step follows the gradient", min=0)
    epochs: int = option(100, "how often the three examples are seen", min=0)
    jit: bool = option(
        False, "compile the step: faster, but w - lr·g is rounded once instead of twice"
    )
    seed: int = option(0, "nothing is random here: every parameter starts at 1")


def parameter_map(config: Config) -> ParameterMap:
    """ŷ = wx keeps a bare number, the parabola a dict of three."""
    if config.model == "line":
        return ParameterMap((Layer("w", "", SCALAR),))
    return ParameterMap(tuple(Layer(name, name, SCALAR) for name in ("w1", "w2", "b")))


LESSON = Lesson(
    package=__name__,
    number=4,
    title="Back propagation",
    title_zh="反向传播",
    parameter_map=parameter_map,
    per_example=True,
    variants={"line": {}, "parabola": {"model": "parabola"}},
    nets={"line": {}, "parabola": {"model": "parabola"}},
    bar=20.0,
)
