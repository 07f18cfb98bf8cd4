"""What is measured: training steps, handed over by whoever has a program to measure.

The benchmark knows nothing of where a program comes from. A `Case` is pickled into the process of
each arm, and there asked for its work in the arm's framework.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True)
class JaxWork:
    """The functional side of a case.

    Args:
        step: (state, batch) -> the next state, the loss before it; pure, not compiled.
        state: before the first step.
        data: pytree of arrays with the examples along their first axis.
        pieces: the examples' indices in each batch, (batches, size), in the order of the steps;
            after the last batch they begin anew. None: a batch is all of the data.
        gathers: the batches of a compiled epoch are gathered from the data inside it.
        per_example: a batch is one example, not an array of them (then pieces has one column).
        examples: examples a step.
        run: steps of a whole run, which a scan without `gathers` takes in a call.
        shared_step: `step` for a device's share of a batch (`jaxdl.train.shared_step`); None:
            batches cannot be shared out.
    """

    step: Callable[[Any, Any], tuple[Any, Any]]
    state: Any
    data: Any
    pieces: np.ndarray | None
    gathers: bool
    per_example: bool
    examples: int
    run: int
    shared_step: Callable[[Any, Any], tuple[Any, Any]] | None = None


@dataclass(frozen=True)
class TorchWork:
    """The imperative side of a case.

    Args:
        step: batch -> the loss before it; what the program itself does.
        model: what it changes, a `torch.nn.Module`.
        loss: (model, batch) -> a tensor of one element.
        optimizer: makes of a gradient of `loss` what `step` does.
        scheduler: stepped after each step; None: there is none.
        batches: in the order of the steps; after the last one they begin anew.
        examples: examples a step.
    """

    step: Callable[[Any], float]
    model: Any
    loss: Callable[[Any, Any], Any]
    optimizer: Any
    scheduler: Any
    batches: list[Any]
    examples: int


@dataclass(frozen=True)
class WholeRun:
    """A program from its first step to its last.

    Args:
        train: () -> the loss of every step, shape (steps,); all that it compiles included.
        examples: examples a step.
        epochs: how often it sees the examples.
        device: in words.
        devices: among how many each batch is shared out.
    """

    train: Callable[[], np.ndarray]
    examples: int
    epochs: int
    device: str
    devices: int = 1


class Case(Protocol):
    """A program to measure, in both frameworks. It can be pickled."""

    @property
    def title(self) -> str:
        """What tables and messages call it."""
        ...

    @property
    def labels(self) -> Mapping[str, Any]:
        """What a record says of it: "lesson" and "variant"."""
        ...

    @property
    def diverges(self) -> bool:
        """Rounding alone makes two runs part after the first step."""
        ...

    @property
    def sharded(self) -> bool:
        """Its batches can be shared out among devices."""
        ...

    @property
    def flax(self) -> bool:
        """Its net is made of Flax layers, which XLA's own algorithms can run, too."""
        ...

    def jax_work(self, precision: str) -> JaxWork:
        """The functional side, in "float32", "float64" or "bfloat16"."""
        ...

    def torch_work(self, precision: str) -> TorchWork:
        """The imperative side, new and seeded."""
        ...

    def whole_run(self, program: str, precision: str) -> WholeRun:
        """A whole run of the "imperative" or the "functional" program; called before JAX starts."""
        ...
