"""The contract between a lesson and whatever runs, compares, measures or shows it.

A lesson's functions keep the signatures that read best. At the end of each of its two programs one
function, `program`, hands them over, bound to a Config, in the types below. Nothing else about a
program is looked at: no name of a parameter, no module, no run for its shapes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Params = Any
State = Any
Batch = Any
Data = tuple[Any, ...]
History = dict[str, Any]


@dataclass(frozen=True)
class Program:
    """A functional program: what `program(config)` of a lesson's `functional.py` gives.

    Params are all that the twin's `state_dict` holds, running statistics included. `apply` is that
    of evaluation, `loss`, too; but where a step has dropouts (`jaxdl.course.Lesson`), a batch may
    come with what they keep, (x, y, *masks), and its loss is that of training.

    Args:
        examples: () -> the columns (x, y) to learn from, NumPy arrays, examples along the first
            axis.
        init: key -> params.
        apply: (params, x) -> output. The same object for the same Config, so that it is compiled
            once.
        loss: (params, batch) -> a scalar. No gradient goes into running statistics.
        train: (data, params=None, report=None) -> params, history. `report(epoch, losses)` is
            called after each epoch, as `jaxdl.train.fit` does. Where the lesson shuffles, `order`
            is the examples' order in each epoch, (epochs, n), and `masks`, where it has dropouts,
            what they keep (`jaxdl.course.Lesson`); where it can be resumed, `test` are the columns
            on which the accuracy is taken after each epoch, and `checkpoints` a
            `jaxdl.train.Checkpoints`. What is None the program draws or leaves out.
        result: (params, history, data) -> name -> number: what a run is judged by.
        figures: (params, history, data) -> a Matplotlib figure.
        start: params -> the state before the first step.
        params: what of a state the parameters are; as it stands, the state is the parameters.
        step: (state, batch) -> the next state, the loss before it. None: nothing is stepped.
        optimizer: where `step` is no more than `jax.value_and_grad(loss)`, this Optax optimizer's
            update of a `jaxdl.train.TrainState` and nothing else; None: it is.
        test_examples: () -> columns that no step sees; None: there are none.
        inputs: what the data hold -> x: pixels, names, as a user gives them to `jaxdl predict`.
        text: (params, start, count, key, temperature) -> how the net goes on with a text.
        answers: (params, questions) -> the net's answers, strings.
        alignment: (params, question) -> the answer, and what was looked at for each letter of it.
        alphabet: the letters that a question may have.
    """

    examples: Callable[[], Data]
    init: Callable[[Any], Params]
    apply: Callable[[Params, Any], Any]
    loss: Callable[[Params, Batch], Any]
    train: Callable[..., tuple[Params, History]]
    result: Callable[[Params, History, Data], dict[str, Any]]
    figures: Callable[[Params, History, Data], Any]
    start: Callable[[Params], State] | None = None
    params: Callable[[State], Params] = lambda state: state
    step: Callable[[State, Batch], tuple[State, Any]] | None = None
    optimizer: Any = None
    test_examples: Callable[[], Data] | None = None
    inputs: Callable[[Any], Any] | None = None
    text: Callable[..., str] | None = None
    answers: Callable[[Params, Any], list[str]] | None = None
    alignment: Callable[[Params, str], tuple[str, Any]] | None = None
    alphabet: str = ""


@dataclass(frozen=True)
class Twin:
    """An imperative program: what `program(config, dtype)` of a lesson's `imperative.py` gives.

    It is new at each call: seeded, the model just built, no step taken, and in evaluation mode
    where that makes a difference: `step` trains, whatever the mode.

    Args:
        examples: () -> the columns (x, y), tensors; floating-point ones in any precision.
        model: a `torch.nn.Module` of the asked dtype.
        loss: (model, batch) -> a tensor of one element.
        train: (data) -> model, history: seeds and builds a model of its own; `test` as above.
        batches: data -> an epoch's batches, in the order in which `train` takes them.
        step: batch -> the loss before it, a number; changes `model`. None: nothing is stepped.
        optimizer: a `torch.optim.Optimizer` that makes of a gradient of `loss` what `step` does.
        scheduler: stepped after each of its steps, where there is one.
        test_examples: () -> columns that no step sees; None: there are none.
    """

    examples: Callable[[], Data]
    model: Any
    loss: Callable[[Any, Batch], Any]
    train: Callable[..., tuple[Any, History]]
    batches: Callable[[Data], Iterable[Batch]] | None = None
    step: Callable[[Batch], float] | None = None
    optimizer: Any = None
    scheduler: Any = None
    test_examples: Callable[[], Data] | None = None


@dataclass(frozen=True)
class Taped:
    """The imperative program on the tape: what `program(config, dtype)` of a `taped.py` gives;
    None where this Config's program is not on the tape.

    Args:
        parameters: name -> the tape's tensor, by the twin's names.
        loss: batch -> a tensor of one element.
        step: batch -> the loss before it, a number; changes the parameters.
        batches: without end, tuples of the tape's tensors.
    """

    parameters: Mapping[str, Any]
    loss: Callable[[Batch], Any]
    step: Callable[[Batch], float]
    batches: Iterable[Batch]


@dataclass(frozen=True)
class WrongStep:
    """A wrong imperative program: what `faults(config)` of a lesson's `faults.py` gives.

    Args:
        id: one word, for an address.
        titles: what is wrong, by language: {"en": …, "zh": …}.
        why: what happens, and what the functional program says to it; a paragraph a line.
        step: (twin, batch) -> the loss before it, or an error; changes the twin's model.
        line: the line that is missing, doubled or misplaced.
        elsewhere: what one would have to write in the functional program for the same fault; "":
            it cannot be written.
    """

    id: str
    titles: Mapping[str, str]
    why: Mapping[str, str]
    step: Callable[[Twin, Batch], Any]
    line: str = ""
    elsewhere: str = ""
