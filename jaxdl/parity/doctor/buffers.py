"""Running statistics after one loss: how a port comes to other ones."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from jaxdl.parity.calls import recorded
from jaxdl.parity.doctor.diagnosis import Diagnosis, Pair
from jaxdl.parity.map import as_array
from jaxdl.parity.tolerances import relative_error

if TYPE_CHECKING:
    import numpy as np

NEAR = 1e-9


def buffers(pair: Pair) -> Diagnosis | None:
    """The first buffer that has another value after the loss; None: none has."""
    before = {n: as_array(t).copy() for n, t in pair.model.named_buffers()}
    calls, _ = recorded(pair.model, lambda: pair.torch_loss(pair.model, pair.tensors))
    counts = {
        c.module: c.args[0].numel() // c.args[0].shape[1] for c in calls if c.name == "batch_norm"
    }
    after = {n: as_array(t).copy() for n, t in pair.model.named_buffers()}
    _, state = pair.loss(pair.mine.params)
    ours = pair.mine.named(pair.parameter_map, pair.mine.params, state)
    for name, wanted in after.items():
        if name not in ours or relative_error(ours[name], wanted) <= NEAR:
            continue
        owner = pair.model.get_submodule(name.rpartition(".")[0])
        for cause, cure, array in _ways(name, owner, before, after, counts):
            if array.shape == wanted.shape and relative_error(ours[name], array) <= NEAR:
                return Diagnosis("buffer", name, cause, cure, certain=True)
        return Diagnosis("buffer", name)
    return None


def _ways(
    name: str, owner: Any, before: Any, after: Any, counts: dict[str, int]
) -> Iterator[tuple[str, str, np.ndarray]]:
    """(cause, cure, the buffer that it gives)."""
    old, new = before[name], after[name]
    yield (
        "the new value is not written back",
        "return the new state, and use it in the next step",
        old,
    )
    if new.dtype.kind != "f":
        yield "the counter is not raised", "count the batches", old
        return
    share = getattr(owner, "momentum", None)
    if share is None:
        return
    batch = (new - (1 - share) * old) / share  # what the statistic goes towards
    n = counts.get(name.rpartition(".")[0], 0)
    towards = {"": batch}
    if name.endswith("running_var") and n > 1:
        towards["the biased variance (n)"] = batch * (n - 1) / n
        towards["the variance times n / (n - 1) twice"] = batch * n / (n - 1)
    for what, value in towards.items():
        for kept, told in (
            (1 - share, ""),
            (
                share,
                f"the momentum is the share that is kept: {1 - share:g} for PyTorch's {share:g}",
            ),
            (0.99, "the momentum is Flax's default 0.99"),
            (0.9, "the momentum is 0.9"),
            (0.999, "the momentum is 0.999"),
            (0.0, "the old value is forgotten"),
        ):
            cause = " and ".join(
                part for part in (what and f"it goes towards {what}", told) if part
            )
            if cause:
                cure = f"jaxdl.nn.BatchNorm(…, momentum={1 - share:g}): the unbiased variance"
                yield cause, cure, kept * old + (1 - kept) * value
    twice = (1 - share) * new + share * batch
    yield "the statistic is updated twice a step", "update it once", twice
    other = {"running_mean": "running_var", "running_var": "running_mean"}
    last = name.rpartition(".")[2]
    if last in other:
        exchanged = name.removesuffix(last) + other[last]
        if exchanged in after:
            yield f"{last} and {other[last]} are exchanged", "map each to its own", after[exchanged]
