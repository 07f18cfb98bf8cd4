"""What the doctor says, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxdl.parity.map import ParameterMap
    from jaxdl.parity.sides import Ours


@dataclass(frozen=True)
class Diagnosis:
    """What is wrong with a port, or that nothing is.

    Args:
        stage: "none", "weights", "forward", "loss", "gradient", "buffer", "optimizer", "resume".
        place: the layer, parameter, buffer or slot, by PyTorch's name; of a training that goes on
            what is lost, by the name of its part of the optimizer's state.
        cause: a sentence; "": what differs is told, why is not known.
        cure: what to write.
        line: of the JAX program, "model.py:12"; "": not known.
        certain: with the cause undone the two programs give the same.
    """

    stage: str
    place: str = ""
    cause: str = ""
    cure: str = ""
    line: str = ""
    certain: bool = False

    @property
    def healthy(self) -> bool:
        """Nothing differs."""
        return self.stage == "none"

    def __str__(self) -> str:
        if self.healthy:
            return "no difference found: outputs, loss, gradients and what else was given agree"
        where = f" ({self.line})" if self.line else ""
        why = self.cause or "differs; no known fault explains it"
        lines = [f"{self.stage}: {self.place}{where}", f"  cause: {why}"]
        if self.cure:
            lines.append(f"  cure:  {self.cure}")
        if self.cause and not self.certain:
            lines.append(
                "  this explains the place, not all of the difference: cure it, and ask again"
            )
        return "\n".join(lines)


@dataclass(frozen=True)
class Pair:
    """Both models, in float64.

    Args:
        model: PyTorch's.
        torch_loss: (model, batch) -> a tensor of one element.
        tensors: PyTorch's batch.
        mine: the JAX model, with PyTorch's numbers.
        batch: JAX's.
        parameter_map: ties the two.
        tolerance: so near gradients are the same.
    """

    model: Any
    torch_loss: Callable[..., Any] | Any
    tensors: Any
    mine: Ours
    batch: Any
    parameter_map: ParameterMap
    tolerance: float = 1e-9

    def loss(self, params: Any, state: Any = None) -> tuple[Any, Any]:
        """JAX's loss, and the next state."""
        assert self.mine.loss is not None
        state = self.mine.state if state is None else state
        value, after = self.mine.loss(params, state, self.batch)
        return value.reshape(()), after
