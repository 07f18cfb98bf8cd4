"""Training runs of both models, and how far apart they end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import cycle, islice
from typing import TYPE_CHECKING, Any

from jaxdl.parity.compare import trajectory_errors
from jaxdl.parity.map import as_array
from jaxdl.parity.sides import Ours
from jaxdl.parity.tolerances import relative_error

if TYPE_CHECKING:
    from jaxdl.parity.map import ParameterMap


@dataclass(frozen=True)
class Run:
    """A training run: its losses, or their errors; parameters and slots at its end.

    Args:
        losses: one a step.
        parameters: name -> array, or error.
        slots: "exp_avg/fc.bias" -> array, or error.
    """

    losses: Any
    parameters: dict[str, Any]
    slots: dict[str, Any]


def train_torch(
    model: Any,
    loss: Any,
    optimizer: Any,
    batches: Sequence[Any],
    steps: int,
    *,
    scheduler: Callable[[Any], Any] | None = None,
    clip: Callable[[Any], Any] | None = None,
    accumulate: int = 1,
) -> Run:
    """So many steps of PyTorch's.

    Args:
        model, loss: (model, batch) -> a tensor of one element.
        optimizer: of the model's parameters.
        batches: taken in turn, `accumulate` of them a step.
        steps: of the optimizer.
        scheduler: optimizer -> a scheduler, which is stepped after each step.
        clip: parameters -> None, before each step.
        accumulate: so many batches' losses are averaged.
    """
    turns = cycle(batches)
    schedule = scheduler(optimizer) if scheduler else None

    def closure(given: Sequence[Any]) -> Any:
        optimizer.zero_grad()
        total: Any = 0.0
        for batch in given:
            value = loss(model, batch) / len(given)
            value.backward()
            total = total + value.detach()
        if clip:
            clip(list(model.parameters()))
        return total

    losses = []
    for _ in range(steps):
        value = optimizer.step(partial(closure, list(islice(turns, accumulate))))
        losses.append(float(value))
        advance(schedule, losses[-1])
    parameters = {name: as_array(p).copy() for name, p in model.state_dict().items()}
    slots: dict[str, Any] = {}
    for name, parameter in model.named_parameters():
        for slot, tensor in optimizer.state.get(parameter, {}).items():
            if getattr(tensor, "shape", None) == parameter.shape and parameter.ndim:
                slots[f"{slot}/{name}"] = as_array(tensor).copy()
    return Run(losses, parameters, slots)


def advance(schedule: Any, loss: float) -> None:
    """One step of a scheduler of PyTorch's, or of none."""
    from torch.optim.lr_scheduler import ReduceLROnPlateau

    if isinstance(schedule, ReduceLROnPlateau):
        schedule.step(loss)
    elif schedule is not None:
        schedule.step()


def train_jax(
    mine: Ours,
    optimizer: Any,
    parameter_map: ParameterMap,
    batches: Sequence[Any],
    steps: int,
    accumulate: int = 1,
) -> Run:
    """So many steps of the JAX model's; of slots all that have the form of the params.

    Args:
        mine: the model.
        optimizer: Optax's, given the gradient of every batch.
        parameter_map: gives PyTorch's names.
        batches: taken in turn.
        steps: each of `accumulate` batches, whose losses are averaged.
        accumulate: the number of batches.
    """
    import jax
    import optax

    loss_of = mine.loss
    assert loss_of is not None
    optimizer = optax.with_extra_args_support(optimizer)

    @jax.jit
    def step(params: Any, state: Any, slots: Any, batch: Any) -> tuple[Any, ...]:
        def loss(params: Any) -> tuple[Any, Any]:
            value, after = loss_of(params, state, batch)
            return value.reshape(()), after

        (value, after), gradient = jax.value_and_grad(loss, has_aux=True)(params)
        updates, slots = optimizer.update(
            gradient, slots, params, value=value, grad=gradient, value_fn=lambda p: loss(p)[0]
        )
        return optax.apply_updates(params, updates), after, slots, value

    params, state = jax.tree.map(jax.numpy.asarray, (mine.params, mine.state))
    slots, losses = optimizer.init(params), []
    turns = cycle(batches)
    for _ in range(steps):
        total = 0.0
        for batch in islice(turns, accumulate):
            params, state, slots, value = step(params, state, slots, batch)
            total += float(value) / accumulate
        losses.append(total)
    form = jax.tree.structure(params)
    alike = lambda tree: jax.tree.structure(tree) == form  # noqa: E731
    trees = [tree for tree in jax.tree.leaves(slots, is_leaf=alike) if alike(tree)]
    named = [mine.gradients(parameter_map, tree) for tree in trees]
    kept = {f"{k}/{name}": tensor for k, one in enumerate(named) for name, tensor in one.items()}
    return Run(losses, mine.named(parameter_map, params, state), kept)


def compared(run: Run, wanted: Run) -> Run:
    """The errors of a run; each slot of PyTorch's against the one of ours that is nearest."""
    import numpy as np

    parameters = {
        name: relative_error(run.parameters[name], tensor)
        for name, tensor in wanted.parameters.items()
        if name in run.parameters
    }
    slots = {}
    for slot, tensor in wanted.slots.items():
        name = slot.partition("/")[2]
        ours = [own for key, own in run.slots.items() if key.partition("/")[2] == name]
        slots[slot] = min((relative_error(own, tensor) for own in ours), default=float("inf"))
    losses = trajectory_errors(np.array(run.losses), np.array(wanted.losses))
    return Run(losses, parameters, slots)
