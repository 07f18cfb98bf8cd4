"""Lesson 20, many devices: lesson 18's net, its numbers and its batch shared out among devices."""

from dataclasses import dataclass, replace

from jaxdl.course import Lesson, option
from jaxdl.errors import InputError
from jaxdl.parity import Layer, ParameterMap, rules

DATASETS = ("play", "shakespeare")
STRATEGIES = ("data", "by-hand", "fsdp", "tensor", "data-tensor", "pipeline")


@dataclass(frozen=True)
class Config:
    """A net that eight devices can share in every way."""

    data: str = option(
        "play",
        "play: a short one of our own, embedded; shakespeare: a million letters",
        choices=DATASETS,
    )
    strategy: str = option(
        "fsdp",
        "what the devices share: the batch (data; by-hand, the same written out), the batch and "
        "all numbers (fsdp), each matrix (tensor), batch and matrices, or the blocks (pipeline)",
        choices=STRATEGIES,
    )
    layers: int = option(8, "blocks, one on top of the other", min=1)
    heads: int = option(8, "heads of a block's attention", min=1)
    width: int = option(64, "numbers that stand for a letter on its way up", min=1)
    context: int = option(32, "letters that are seen at once", min=1)
    batch_size: int = option(16, "pieces of the text in one step", min=1)
    parts: int = option(4, "of a batch, that pass through the pipeline one after the other", min=1)
    learning_rate: float = option(0.001, "AdamW's step", min=0)
    weight_decay: float = option(0.1, "how much of that step the parameters shrink by", min=0)
    epochs: int = option(5, "how often every piece is seen", min=0)
    seed: int = option(0, "of the initial parameters and of the shuffling")

    def __post_init__(self) -> None:
        for whole, part in (("width", "heads"), ("batch_size", "parts")):
            if getattr(self, whole) % getattr(self, part):
                raise InputError(
                    f"{part} {getattr(self, part)} must divide {whole} {getattr(self, whole)}"
                )

    @property
    def compiled(self) -> "Config":
        """Less what no step depends on: where two are equal in this, one compiled step does."""
        return replace(self, data="play", epochs=0, seed=0)


def parameter_map(config: Config) -> ParameterMap:
    """The layers in the order in which the twin builds them; then it draws its matrices anew."""
    layers = [Layer(name, name, rules.EMBEDDING) for name in ("letters", "places")]
    for block in (f"blocks.{i}" for i in range(config.layers)):
        layers.append(Layer(f"{block}.norm1", f"{block}.norm1", rules.LAYER_NORM))
        layers += [
            Layer(f"{block}.{name}", f"{block}.{name}") for name in ("query", "key", "value", "out")
        ]
        layers.append(Layer(f"{block}.norm2", f"{block}.norm2", rules.LAYER_NORM))
        layers += [Layer(f"{block}.{name}", f"{block}.{name}") for name in ("up", "down")]
    layers.append(Layer("norm", "norm", rules.LAYER_NORM))
    redrawn = {
        f"{layer.torch}.weight": 0.02 for layer in layers if layer.rule is not rules.LAYER_NORM
    }
    return ParameterMap(tuple(layers), tied={"head.weight": "letters.weight"}, redrawn=redrawn)


TINY = {"layers": 2, "heads": 2, "width": 16, "context": 16, "batch_size": 8, "parts": 2}

LESSON = Lesson(
    package=__name__,
    number=20,
    title="Many devices",
    title_zh="多设备",
    parameter_map=parameter_map,
    datasets=DATASETS,
    batch="batch_size",
    shuffles=True,
    quick={"layers": 2, "heads": 2, "width": 32, "learning_rate": 0.003},
    variants={
        strategy: {**TINY, "strategy": strategy, "learning_rate": 0.0003, "epochs": 1}
        for strategy in ("fsdp", "pipeline")
    },
    sharded=True,
)
