"""Lesson 18, transformer: a small GPT that writes, one letter after the other."""

from dataclasses import dataclass, replace

from jaxdl.course import Lesson, option
from jaxdl.errors import InputError
from jaxdl.parity import Layer, ParameterMap, rules

DATASETS = ("play", "shakespeare")


@dataclass(frozen=True)
class Config:
    """The net and the recipe that nanoGPT has for a CPU."""

    data: str = option(
        "play",
        "play: a short one of our own, embedded; shakespeare: a million letters",
        choices=DATASETS,
    )
    layers: int = option(4, "blocks, one on top of the other", min=1)
    heads: int = option(4, "heads of a block's attention", min=1)
    width: int = option(128, "numbers that stand for a letter on its way up", min=1)
    context: int = option(64, "letters that are seen at once", min=1)
    batch_size: int = option(12, "pieces of the text in one step", min=1)
    accumulate: int = option(1, "parts that a batch is computed in, one after the other", min=1)
    learning_rate: float = option(0.001, "AdamW's step, the largest one", min=0)
    warmup: int = option(100, "steps before that one", min=0)
    decay: int = option(2_000, "steps until a tenth of it is left", min=1)
    weight_decay: float = option(0.1, "of the matrices, not of the norms' scales", min=0)
    clip: float = option(1.0, "the largest norm of a gradient", min=0)
    epoch_steps: int = option(250, "steps of an epoch, on pieces from anywhere in the text", min=1)
    epochs: int = option(8, "how often so many steps are taken", min=0)
    bfloat16: bool = option(False, "compute in bfloat16, while the parameters stay in float32")
    recompute: bool = option(False, "keep a block's input alone, the rest again on the way back")
    temperature: float = option(0.8, "of the text it writes: 0 takes the likeliest letter", min=0)
    seed: int = option(0, "of the initial parameters, of the pieces, of the text it writes")

    def __post_init__(self) -> None:
        for whole, part in (("width", "heads"), ("batch_size", "accumulate")):
            if getattr(self, whole) % getattr(self, part):
                raise InputError(
                    f"{part} {getattr(self, part)} must divide {whole} {getattr(self, whole)}"
                )

    @property
    def pieces(self) -> int:
        """Pieces of the text that an epoch draws."""
        return self.epoch_steps * self.batch_size

    @property
    def std(self) -> float:
        """Of the initial values of what adds to the stream: twice a block does."""
        return 0.02 / (2 * self.layers) ** 0.5

    @property
    def compiled(self) -> "Config":
        """Less what no step depends on: where two are equal in this, one compiled step does."""
        return replace(self, data="play", epoch_steps=1, epochs=0, temperature=0.0, seed=0)


def parameter_map(config: Config) -> ParameterMap:
    """The layers in the order in which the twin builds them; then it draws its matrices anew."""
    layers = [Layer(name, name, rules.EMBEDDING) for name in ("letters", "places")]
    for block in (f"blocks.{i}" for i in range(config.layers)):
        layers += [
            Layer(f"{block}.norm1", f"{block}.norm1", rules.LAYER_NORM),
            Layer(f"{block}.attention.qkv", f"{block}.attention.qkv"),
            Layer(f"{block}.attention.out", f"{block}.attention.out"),
            Layer(f"{block}.norm2", f"{block}.norm2", rules.LAYER_NORM),
            Layer(f"{block}.up", f"{block}.up"),
            Layer(f"{block}.down", f"{block}.down"),
        ]
    layers.append(Layer("norm", "norm", rules.LAYER_NORM))
    redrawn = {
        f"{layer.torch}.weight": config.std if layer.torch.endswith(("out", "down")) else 0.02
        for layer in layers
        if layer.rule is not rules.LAYER_NORM
    }
    return ParameterMap(tuple(layers), tied={"head.weight": "letters.weight"}, redrawn=redrawn)


LESSON = Lesson(
    package=__name__,
    number=18,
    title="Transformer",
    title_zh="Transformer 模型",
    parameter_map=parameter_map,
    datasets=DATASETS,
    batch="batch_size",
    shuffles=True,
    draws="pieces",
    resumable=True,
    predicts="text",
    quick={
        "layers": 2,
        "width": 64,
        "context": 32,
        "learning_rate": 0.003,
        "warmup": 20,
        "decay": 300,
        "epoch_steps": 100,
        "epochs": 3,
    },
    variants={
        "2 blocks of 32": {
            "layers": 2,
            "width": 32,
            "context": 16,
            "warmup": 20,
            "decay": 100,
            "learning_rate": 0.0003,
            "epoch_steps": 100,
            "epochs": 1,
        }
    },
    bar=1.5,
    sharded=True,
    shares="itself",
    flax=True,
)
