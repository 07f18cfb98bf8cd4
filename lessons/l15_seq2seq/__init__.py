"""Lesson 15, sequence to sequence: one recurrence reads, another one answers."""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import Layer, ParameterMap, rules

ALPHABETS = {"reversal": "abcdefghij", "addition": "0123456789+"}


@dataclass(frozen=True)
class Config:
    """One layer of 100 on either side."""

    task: str = option("reversal", "cab -> bac, or 12+345 -> 357", choices=tuple(ALPHABETS))
    letters: int = option(6, "letters of the longest word that is reversed", min=1)
    digits: int = option(3, "digits of the largest number that is added", min=1)
    examples: int = option(20_000, "questions to learn from; 1,000 others are the test", min=1)
    hidden: int = option(100, "size of a letter's embedding, and of a state", min=1)
    batch_size: int = option(64, "questions in one step", min=1)
    learning_rate: float = option(0.005, "Adam's step, the first one", min=0)
    decay: float = option(0.9992, "what the learning rate is multiplied by after a step", min=0)
    epochs: int = option(15, "how often every question is seen", min=0)
    seed: int = option(0, "of the questions, of the initial parameters and of the shuffling")

    @property
    def longest(self) -> int:
        """What makes the task hard: letters of a word, or digits of a number."""
        return self.letters if self.task == "reversal" else self.digits

    @property
    def question(self) -> int:
        """Letters of the longest question."""
        return self.letters if self.task == "reversal" else 2 * self.digits + 1

    @property
    def answer(self) -> int:
        """Letters of the longest answer, and the 0 that ends it."""
        return self.letters + 1 if self.task == "reversal" else self.digits + 2


def parameter_map(config: Config) -> ParameterMap:
    """The layers in the order in which the twin builds them."""
    return ParameterMap(
        (
            Layer("encoder_embedding", "encoder_embedding", rules.EMBEDDING),
            Layer("encoder", "encoder", rules.gru()),
            Layer("decoder_embedding", "decoder_embedding", rules.EMBEDDING),
            Layer("decoder", "decoder", rules.gru()),
            Layer("fc", "fc"),
        )
    )


LESSON = Lesson(
    package=__name__,
    number=15,
    title="Sequence to sequence",
    title_zh="序列到序列",
    parameter_map=parameter_map,
    tasks=tuple(ALPHABETS),
    batch="batch_size",
    shuffles=True,
    resumable=True,
    predicts="question",
    quick={"letters": 5, "epochs": 5, "hidden": 64, "examples": 6_000, "learning_rate": 0.01},
    # 6,400 questions, so that an epoch has 100 steps; small ones, since Adam makes a whole step of
    # a gradient that is all but rounding. In large ones the parameters part by more than 1e-5 in
    # float32: jaxdl compare l15 --against torch --examples 6400 --learning-rate 0.005
    variants={
        task: {"task": task, "examples": 6_400, "learning_rate": 0.0003} for task in ALPHABETS
    },
    bar=2.0,
    flax=True,
)
