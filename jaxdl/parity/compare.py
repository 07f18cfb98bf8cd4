"""Two records, or two models, compared: how far they differ, quantity by quantity."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jaxdl.parity.tolerances import TOLERANCES, relative_error

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.layers import LayerError
    from jaxdl.parity.record import Record


@dataclass(frozen=True)
class Comparison:
    """How far two programs differ; every error is `max|a - b| / max(max|b|, tiny)`.

    Attributes:
        precision: "float32", "float64", or "bfloat16" and "float16", whose errors are ratios of
            rounding (`jaxdl.parity.rounding_ratio`).
        steps: length of the compared trajectory; 0: one step was compared, without its update.
        init_equal: the initial parameters are equal bit for bit.
        output_error: of the outputs on the first batch.
        batch_loss_error: of the loss of that batch.
        loss_error: one a step, each over the trajectory's largest loss.
        gradient_error: parameter's PyTorch name -> error of its gradient in the first step; in a
            comparison of models over at least a hundredth of the largest gradient.
        parameter_error: parameter's PyTorch name -> error of its value at the end of the run.
        diverges: why the runs part ways after the first step although the programs are the same;
            empty: they must not.
        layers: each PyTorch module's output, in the order of the calls.
        buffer_error: buffer's PyTorch name -> error of its value after the first loss.
        slot_error: "exp_avg/fc.bias" -> error of that slot of the optimizer at the end of the run.
        frozen: parameters that PyTorch takes no gradient of, and that are not compared therefore.
        unused: parameters that the loss does not depend on in PyTorch; JAX's gradient must be 0.
        ratios: in low precision, quantity -> the ratio of rounding over all its arrays together,
            which agreement is about.
    """

    precision: str
    steps: int
    init_equal: bool
    output_error: float
    batch_loss_error: float
    loss_error: list[float]
    gradient_error: dict[str, float]
    parameter_error: dict[str, float]
    diverges: str = ""
    layers: list[LayerError] = field(default_factory=list)
    buffer_error: dict[str, float] = field(default_factory=dict)
    slot_error: dict[str, float] = field(default_factory=dict)
    frozen: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    ratios: dict[str, float] = field(default_factory=dict)

    @property
    def asked(self) -> dict[str, float]:
        """What agreement is about: `worst`, or the first step alone where the runs may part."""
        if not self.diverges:
            return self.worst
        first_step = self.worst | {"trajectory": max(self.loss_error[:1], default=0.0)}
        del first_step["parameter"]
        return first_step

    @property
    def worst(self) -> dict[str, float]:
        """Quantity -> its largest error."""
        found = {
            "output": self.output_error,
            "loss": self.batch_loss_error,
            "gradient": max(self.gradient_error.values(), default=0.0),
        }
        if self.steps or self.parameter_error:
            found["trajectory"] = max(self.loss_error, default=0.0)
            found["parameter"] = max(self.parameter_error.values(), default=0.0)
        if self.buffer_error:
            found["buffer"] = max(self.buffer_error.values())
        if self.slot_error:
            found["slot"] = max(self.slot_error.values())
        return found | self.ratios

    @property
    def agree(self) -> bool:
        """The initial parameters are equal, every error asked for is within the tolerance table."""
        return self.init_equal and all(
            error <= TOLERANCES[self.precision, quantity] for quantity, error in self.asked.items()
        )


def compare_records(
    ours: Record, theirs: Record, precision: str, steps: int, *, diverges: str = ""
) -> Comparison:
    """Compare what two programs computed.

    Args:
        ours: record of the program that is checked.
        theirs: record of the program that is right.
        precision: of both.
        steps: compare at most this many steps of the trajectories.
        diverges: why the two runs part ways after the first step; empty: they must not.

    Raises:
        ValueError: the records hold different quantities, or were made from different batches.
    """
    import numpy as np

    if ours.keys() != theirs.keys():
        raise ValueError(f"only one program has {sorted(ours.keys() ^ theirs.keys())}")
    if different := [name for name in "xy" if not np.array_equal(ours[name], theirs[name])]:
        raise ValueError(f"the two programs were given different {' and '.join(different)}")
    a, b = ours["trajectory"], theirs["trajectory"]
    if a.shape != b.shape:
        raise ValueError(f"the runs have {len(a)} and {len(b)} steps")
    losses = trajectory_errors(a, b)[:steps]

    return Comparison(
        precision=precision,
        steps=len(losses),
        init_equal=all(error == 0.0 for error in _errors("init", ours, theirs).values()),
        output_error=relative_error(ours["output"], theirs["output"]),
        batch_loss_error=relative_error(ours["loss"], theirs["loss"]),
        loss_error=losses,
        gradient_error=_errors("gradient", ours, theirs),
        parameter_error=_errors("parameter", ours, theirs),
        diverges=diverges,
    )


def trajectory_errors(ours: np.ndarray, theirs: np.ndarray) -> list[float]:
    """The error of each loss of a run over the run's largest; infinite where one is no number."""
    import numpy as np

    scale = np.max(np.abs(theirs), initial=np.finfo(np.float32).tiny)
    with np.errstate(invalid="ignore"):  # of runs that part altogether
        losses = np.where(ours == theirs, 0.0, np.abs(ours - theirs) / scale)
    return np.where(np.isfinite(losses), losses, np.inf).tolist()


def _errors(kind: str, ours: Record, theirs: Record) -> dict[str, float]:
    """Name -> error, of the arrays of a kind."""
    return {
        name.removeprefix(f"{kind}/"): relative_error(ours[name], theirs[name])
        for name in theirs
        if name.startswith(f"{kind}/")
    }
