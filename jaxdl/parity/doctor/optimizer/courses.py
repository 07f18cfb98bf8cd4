"""Both optimizers run on the same gradients: PyTorch's own, and then the same at other scales."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any

from jaxdl.parity.map import as_array
from jaxdl.parity.sides import untouched
from jaxdl.parity.training import advance

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.parity.doctor.diagnosis import Pair

    Arrays = dict[str, np.ndarray]

LENGTH, SCHEDULED = 20, 32
"""So many steps are taken, and with a scheduler: it, a clip and a mask show late."""
LARGE = 1_000_000
"""With more parameters only the steps that were asked for are taken."""
SCALES = (1.0, 20.0, 0.05, 1.0, 400.0, 1e-3, 3.0)
"""By these the gradients are multiplied after the steps that were asked for."""


@dataclass(frozen=True)
class Training:
    """What the user trains with.

    Args:
        optimizer: Optax's.
        torch_optimizer: PyTorch's, of the user's model; no step of it is taken.
        torch_scheduler: optimizer -> `torch.optim.lr_scheduler.LRScheduler`, or None.
        torch_clip: parameters -> None, or None.
        accumulate: so many batches make one step of PyTorch's.
        steps: with PyTorch's own gradients.
        model: whose parameters `torch_optimizer` has.
        narrow: PyTorch's side, too, adds up the gradients of a step's batches in float32, as
            `optax.MultiSteps` does whatever it is given.
    """

    optimizer: Any
    torch_optimizer: Any
    torch_scheduler: Callable[[Any], Any] | None
    torch_clip: Callable[[Any], Any] | None
    accumulate: int
    steps: int
    model: Any
    narrow: bool = False


@dataclass(frozen=True)
class Course:
    """The two runs, all by PyTorch's names.

    Args:
        kind: of PyTorch's optimizer, "AdamW".
        groups: parameter -> its group's options at the start.
        gradients: of every step those of its batches.
        prepared: of every step what PyTorch's optimizer was given; a parameter without a gradient
            is not in it.
        rates: learning rates of PyTorch's by parameter, of the steps and of as many after them.
        theirs, ours: the parameters, at the start and after every step.
        moving: of every batch whether it moved JAX's parameters.
        accumulate: so many batches make one step.
        narrow: the gradients of a step's batches are added up in float32.
        narrow_state: the state of JAX's optimizer has arrays in float32.
    """

    kind: str
    groups: dict[str, dict[str, Any]]
    gradients: list[list[Arrays]]
    prepared: list[Arrays]
    rates: list[dict[str, float]]
    theirs: list[Arrays]
    ours: list[Arrays]
    moving: list[bool]
    accumulate: int
    narrow: bool
    narrow_state: bool

    @property
    def names(self) -> list[str]:
        """The parameters that are compared."""
        return list(self.theirs[0])


def run(training: Training, pair: Pair) -> Course:
    """Both runs."""
    named = dict(pair.model.named_parameters())
    before = {name: p.detach().clone() for name, p in named.items()}
    with untouched(pair.model):
        theirs = _theirs(training, pair)
    _put(named, before)
    ours, moving, narrow_state = _ours(training, pair, theirs.gradients)
    return Course(
        type(training.torch_optimizer).__name__,
        theirs.groups,
        theirs.gradients,
        theirs.prepared,
        theirs.rates,
        theirs.found,
        ours,
        moving,
        training.accumulate,
        training.narrow,
        narrow_state,
    )


def mean_of(pieces: Sequence[Any], narrow: bool) -> Any:
    """The mean of arrays, or of tensors; narrow: held in float32 till the last is added."""
    if not narrow:
        return reduce(add, pieces) / len(pieces)  # sum() would add 0 to a sparse tensor
    import numpy as np

    mean = np.float32(0)
    for k, piece in enumerate(map(np.asarray, pieces)):
        mean = mean.astype(np.float32).astype(np.float64)
        mean = mean + (piece - mean) / (k + 1)
    return mean


@dataclass
class _Run:
    groups: dict[str, dict[str, Any]]
    gradients: list[list[Arrays]]
    prepared: list[Arrays]
    rates: list[dict[str, float]]
    found: list[Arrays]


def _theirs(training: Training, pair: Pair) -> _Run:
    """PyTorch's run, its optimizer in float64."""
    import torch

    named = dict(pair.model.named_parameters())
    trained = {name: p for name, p in named.items() if p.requires_grad}
    fresh, members = optimizer_for(training, named)
    groups = {
        name: {key: value for key, value in group.items() if key != "params"}
        for group, names in zip(fresh.param_groups, members, strict=True)
        for name in names
    }
    scheduler = training.torch_scheduler(fresh) if training.torch_scheduler else None
    size = sum(p.numel() for p in named.values())
    usual = SCHEDULED if scheduler else LENGTH
    length = training.steps if size > LARGE else max(usual, training.steps)
    held = _Run(groups, [], [], [], [_arrays(named)])
    bases: list[dict[str, Any]] = []
    losses: list[float] = []
    for step in range(length):
        if step < training.steps:
            fresh.zero_grad()
            loss = pair.torch_loss(pair.model, pair.tensors)
            loss.backward()
            losses.append(float(loss.detach()))
            bases.append({n: p.grad.clone() for n, p in trained.items() if p.grad is not None})
        base = bases[step % len(bases)]
        scale = 1.0 if step < training.steps else SCALES[step % len(SCALES)]
        pieces = [_varied(base, scale, k) for k in range(training.accumulate)]
        for name, p in trained.items():
            if name in base:
                mean = mean_of([piece[name] for piece in pieces], training.narrow)
                p.grad = torch.as_tensor(mean)
            else:
                p.grad = None
        if training.torch_clip is not None:
            training.torch_clip(list(trained.values()))
        zeros = {n: torch.zeros_like(p) for n, p in trained.items() if n not in base}
        held.gradients.append([_arrays(piece | zeros) for piece in pieces])
        held.prepared.append(
            {n: _array(p.grad).copy() for n, p in trained.items() if p.grad is not None}
        )
        held.rates.append(_rates(fresh, members))
        fresh.step()
        held.found.append(_arrays(named))
        if not _goes_on(scheduler, losses[step % len(losses)]):
            break
    for p in named.values():
        p.grad = None
    for _ in range(length):  # the learning rates to come
        held.rates.append(_rates(fresh, members))
        fresh.step()
        if not _goes_on(scheduler, losses[-1]):
            break
    return held


def _goes_on(scheduler: Any, loss: float) -> bool:
    """The scheduler's next step; False: it has none, as `OneCycleLR` after its last."""
    try:
        advance(scheduler, loss)
    except ValueError:
        return False
    return True


def _varied(base: dict[str, Any], scale: float, k: int) -> dict[str, Any]:
    """The gradients of the k-th of a step's batches: others than those of the first."""
    import torch

    factor = scale * (1.0, 0.3, 1.7, 0.6)[k % 4]

    def other(g: Any) -> Any:
        still = k == 0 or g.is_sparse
        return factor * (g if still else torch.roll(g.reshape(-1), k).reshape(g.shape))

    return {name: other(g) for name, g in base.items()}


def optimizer_for(training: Training, named: dict[str, Any]) -> tuple[Any, list[list[str]]]:
    """PyTorch's optimizer anew, for other tensors of these names, and the names of each group."""
    theirs = training.torch_optimizer
    names = {id(p): name for name, p in training.model.named_parameters()}
    members = [[names[id(p)] for p in group["params"]] for group in theirs.param_groups]
    groups = []
    for group, held in zip(theirs.param_groups, members, strict=True):
        options = {k: deepcopy(v) for k, v in group.items() if k not in ("params", "param_names")}
        groups.append({**options, "params": [named[name] for name in held]})
    return type(theirs)(groups, **_arguments(theirs)), members


def _arguments(optimizer: Any) -> dict[str, Any]:
    import inspect

    known = inspect.signature(type(optimizer)).parameters
    return {key: value for key, value in optimizer.defaults.items() if key in known}


def _rates(optimizer: Any, members: list[list[str]]) -> dict[str, float]:
    return {
        name: float(group["lr"])
        for group, names in zip(optimizer.param_groups, members, strict=True)
        for name in names
    }


def _array(tensor: Any) -> np.ndarray:
    return as_array(tensor.to_dense() if tensor.is_sparse else tensor)


def _arrays(tensors: dict[str, Any]) -> Arrays:
    return {name: _array(tensor).copy() for name, tensor in tensors.items()}


def _put(named: dict[str, Any], values: dict[str, Any]) -> None:
    import torch

    with torch.no_grad():
        for name, p in named.items():
            p.copy_(values[name])
            p.grad = None


def _ours(
    training: Training, pair: Pair, gradients: list[list[Arrays]]
) -> tuple[list[Arrays], list[bool], bool]:
    """Optax's run: the parameters, which batches moved them, and whether its state is narrow."""
    import jax
    import numpy as np
    import optax

    mine, parameter_map = pair.mine, pair.parameter_map
    optimizer = optax.with_extra_args_support(training.optimizer)
    value, own = jax.value_and_grad(lambda p: pair.loss(p)[0])(mine.params)
    tensors = pair.model.state_dict()
    blank = {name: np.zeros_like(as_array(tensor)) for name, tensor in tensors.items()}
    # What PyTorch does not train has JAX's own gradient: it may be trained there.
    blank |= mine.gradients(parameter_map, own)
    names = {id(p): name for name, p in pair.model.named_parameters()}
    alias = {name: names[id(p)] for name, p in pair.model.named_parameters(remove_duplicate=False)}

    def carried(gradient: Arrays) -> Any:
        given = {name: gradient[owner] for name, owner in alias.items() if owner in gradient}
        return mine.carried(parameter_map, blank | given)

    @jax.jit
    def step(gradient: Any, state: Any, params: Any) -> Any:
        updates, state = optimizer.update(
            gradient, state, params, value=value, grad=gradient, value_fn=lambda _: value
        )
        return optax.apply_updates(params, updates), state

    params, state = mine.params, optimizer.init(mine.params)
    shown = {name for name, _ in pair.model.named_parameters()}

    def named(params: Any) -> Arrays:
        found = mine.gradients(parameter_map, params)
        return {name: np.asarray(found[name]) for name in found if name in shown}

    found, moving = [named(params)], []
    before = [np.asarray(leaf) for leaf in jax.tree.leaves(params)]
    for pieces in gradients:
        for gradient in pieces:
            new, state = step(carried(gradient), state, params)
            arrays = [np.asarray(leaf) for leaf in jax.tree.leaves(new)]
            pairs = zip(arrays, before, strict=True)
            moving.append(any(not np.array_equal(a, b, equal_nan=True) for a, b in pairs))
            params, before = new, arrays
        found.append(named(params))
    wide = all(x.dtype == np.float64 for x in jax.tree.leaves(params))
    narrow = wide and any(x.dtype == np.float32 and x.ndim for x in jax.tree.leaves(state))
    return found, moving, narrow
