"""Lesson 12, basic RNN: "hello" in, "ohlol" out, one letter after the other."""

from dataclasses import dataclass

from jaxdl.course import Lesson, option
from jaxdl.parity import Layer, ParameterMap, rules

MODELS = ("cell", "rnn", "embedding")
UNITS = ("rnn", "gru", "lstm")
LETTERS = "ehlo"  # the token ids 0 to 3


@dataclass(frozen=True)
class Config:
    """The lecture's values; for `rnn` and `embedding` it has the learning rate 0.05."""

    model: str = option(
        "cell",
        "a cell called letter by letter, a layer, or embedding + two layers + linear",
        choices=MODELS,
    )
    unit: str = option("rnn", "what the state goes through (homework: gru, lstm)", choices=UNITS)
    learning_rate: float = option(
        0.1, "Adam's step; for rnn and embedding the lecture has 0.05", min=0
    )
    epochs: int = option(15, "how often the word is seen", min=0)
    seed: int = option(0, "of the initial parameters")


def parameter_map(config: Config) -> ParameterMap:
    """The layers in the order in which the twin builds them."""
    if config.model == "cell":
        cells = {"rnn": rules.RNN_CELL, "gru": rules.GRU_CELL, "lstm": rules.LSTM_CELL}
        return ParameterMap((Layer("cell", "cell", cells[config.unit]),))
    rule = {"rnn": rules.rnn, "gru": rules.gru, "lstm": rules.lstm}[config.unit]
    if config.model == "rnn":
        return ParameterMap((Layer("rnn", "rnn", rule()),))
    return ParameterMap(
        (
            Layer("embedding", "embedding", rules.EMBEDDING),
            Layer("rnn", "rnn", rule(num_layers=2)),
            Layer("fc", "fc"),
        )
    )


SLOWER = {"learning_rate": 0.05}

LESSON = Lesson(
    package=__name__,
    number=12,
    title="Basic RNN",
    title_zh="循环神经网络（基础篇）",
    parameter_map=parameter_map,
    examples_per_step=1,  # five letters, one word
    # The lecture's 15 epochs are 15 steps.
    variants={
        "cell": {},
        "cell gru": {"unit": "gru"},
        "cell lstm": {"unit": "lstm"},
        "cell, 100 steps": {"epochs": 100},
        "rnn": {"model": "rnn", **SLOWER},
        "rnn, 100 steps": {"model": "rnn", "epochs": 100, **SLOWER},
        "embedding": {"model": "embedding", **SLOWER},
        "embedding gru": {"model": "embedding", "unit": "gru", **SLOWER},
        # Adam makes a whole step of a gradient that is all but rounding. In large ones float32's
        # parameters part by more than 1e-5:
        # jaxdl compare l12 --against torch --model embedding --unit lstm --learning-rate 0.05
        "embedding lstm": {"model": "embedding", "unit": "lstm", "learning_rate": 0.02},
        "embedding, 100 steps": {"model": "embedding", "epochs": 100, **SLOWER},
    },
    nets={
        "cell": {},
        "rnn": {"model": "rnn", **SLOWER},
        "embedding": {"model": "embedding", **SLOWER},
    },
    bar=10.0,
    flax=True,
)
