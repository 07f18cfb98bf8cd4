"""Lesson 8, dataset and dataloader: which examples a step sees, and in what order."""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import Layer, ParameterMap

DATASETS = ("breast_cancer", "diabetes", "titanic")


@dataclass(frozen=True)
class Config:
    """The lecture's values; the lecture's own data are `--data diabetes`."""

    data: str = option(
        "breast_cancer",
        "breast_cancer: 30 features, embedded; diabetes: the lecture's; titanic: its homework's",
        choices=DATASETS,
    )
    batch_size: int = option(32, "examples in one step, not the number of steps", min=1)
    learning_rate: float = option(0.1, "how far a step follows the gradient", min=0)
    epochs: int = option(100, "how often every example is seen", min=0)
    seed: int = option(0, "of the initial parameters and of the shuffling")


def parameter_map(config: Config) -> ParameterMap:
    """Three linear layers, in the order in which the twin builds them."""
    return ParameterMap(tuple(Layer(name, name) for name in ("linear1", "linear2", "linear3")))


LESSON = Lesson(
    package=__name__,
    number=8,
    title="Dataset and dataloader",
    title_zh="加载数据集",
    parameter_map=parameter_map,
    datasets=DATASETS,
    batch="batch_size",
    shuffles=True,
    variants={"default": {}, "batches of 10": {"batch_size": 10}},
    bar=20.0,
)
