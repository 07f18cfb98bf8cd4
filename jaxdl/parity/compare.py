"""Two records, or two models, compared: how far they differ, quantity by quantity."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jaxdl.parity.record import jax_step, torch_step
from jaxdl.parity.tolerances import TOLERANCES, relative_error

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from jaxdl.parity.map import ParameterMap
    from jaxdl.parity.record import Record


@dataclass(frozen=True)
class Comparison:
    """How far two programs differ; every error is `max|a - b| / max(max|b|, tiny)`.

    Attributes:
        precision: "float32" or "float64".
        steps: length of the compared trajectory; 0: one step was compared, without its update.
        init_equal: the initial parameters are equal bit for bit.
        output_error: of the outputs on the first batch.
        batch_loss_error: of the loss of that batch.
        loss_error: one a step, each over the trajectory's largest loss.
        gradient_error: parameter's PyTorch name -> error of its gradient in the first step.
        parameter_error: parameter's PyTorch name -> error of its value at the end of the run.
        diverges: why the runs part ways after the first step although the programs are the same;
            empty: they must not.
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
        return found

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
    scale = np.max(np.abs(b), initial=np.finfo(np.float32).tiny)
    with np.errstate(invalid="ignore"):  # of runs that part altogether
        losses = np.where(a == b, 0.0, np.abs(a - b) / scale)[:steps]

    return Comparison(
        precision=precision,
        steps=len(losses),
        init_equal=all(error == 0.0 for error in _errors("init", ours, theirs).values()),
        output_error=relative_error(ours["output"], theirs["output"]),
        batch_loss_error=relative_error(ours["loss"], theirs["loss"]),
        loss_error=np.where(np.isfinite(losses), losses, np.inf).tolist(),
        gradient_error=_errors("gradient", ours, theirs),
        parameter_error=_errors("parameter", ours, theirs),
        diverges=diverges,
    )


def compare_models(
    apply: Callable[..., Any],
    loss: Callable[..., Any],
    like: Any,
    parameter_map: ParameterMap,
    *,
    model: Any,
    torch_loss: Callable[..., Any],
    batch: tuple[np.ndarray, np.ndarray],
) -> Comparison:
    """One step of anybody's pair of models: the output, the loss and every gradient.

    Args:
        apply: takes params and x, gives the output.
        loss: takes params and the batch (x, y), gives a scalar.
        like: params of the JAX model, for their structure and shapes; the values are PyTorch's.
        parameter_map: ties `model.state_dict()` to `like`.
        model: a `torch.nn.Module`.
        torch_loss: takes the model and the batch as tensors, gives a tensor of one element.
        batch: (x, y), NumPy arrays. Where they or the model are float64, so is the comparison.

    Returns:
        The comparison of that step.

    Raises:
        MapError: the map does not fit the two models.
        ValueError: the two outputs, or losses, have different shapes.
    """
    import jax
    import numpy as np
    import torch

    theirs = torch_step(torch_loss, model, tuple(map(torch.from_numpy, batch)))
    weights = {name: tensor.numpy(force=True) for name, tensor in model.state_dict().items()}
    wide = any(array.dtype == np.float64 for array in (*batch, *weights.values()))
    with jax.enable_x64(wide):
        ours = jax_step(apply, loss, parameter_map.to_jax(weights, like), batch, parameter_map)
    return Comparison(
        precision="float64" if wide else "float32",
        steps=0,
        init_equal=True,  # they are the same numbers
        output_error=relative_error(ours["output"], theirs["output"]),
        batch_loss_error=relative_error(ours["loss"], theirs["loss"]),
        loss_error=[],
        gradient_error=_errors("gradient", ours, theirs),
        parameter_error={},
    )


def _errors(kind: str, ours: Record, theirs: Record) -> dict[str, float]:
    """Name -> error, of the arrays of a kind."""
    return {
        name.removeprefix(f"{kind}/"): relative_error(ours[name], theirs[name])
        for name in theirs
        if name.startswith(f"{kind}/")
    }
