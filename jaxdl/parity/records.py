"""What one program computed, written down under PyTorch's names so that two can be compared.

A record is a flat dict of NumPy arrays:

    x, y                     the batch
    init/NAME                every parameter before the first step
    output, loss             of the initial parameters on the batch
    gradient/NAME            of that loss
    trajectory               the loss of every step of the training run, shape (steps,)
    parameter/NAME           every parameter at the end of that run
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any

from jaxdl.errors import InputError

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.lessons import Lesson
    from jaxdl.parity.maps import ParameterMap

    Record = dict[str, np.ndarray]

STEPS = 100
"""A golden trajectory has at least this many steps, or is the whole of a shorter run."""


def bind(function: Callable[..., Any], config: Any) -> Callable[..., Any]:
    """`function` with every parameter that is named as a field of `config` set to that field."""
    names = [name for name in signature(function).parameters if hasattr(config, name)]
    return partial(function, **{name: getattr(config, name) for name in names})


def import_torch() -> Any:
    """The module `torch`.

    Raises:
        InputError: it is not installed.
    """
    try:
        import torch
    except ModuleNotFoundError:
        raise InputError("this needs PyTorch, which is not installed; pip install torch") from None
    return torch


def first_batch(lesson: Lesson, config: Any, data: tuple[Any, ...]) -> tuple[Any, ...]:
    """Where output, loss and gradients are compared: on the first batch, unshuffled."""
    if lesson.per_example:
        return tuple(column[0] for column in data)
    return tuple(column[: getattr(config, "batch_size", None)] for column in data)


def shortened(lesson: Lesson, program: Any, config: Any, data: Any, steps: int) -> Any:
    """`config` with as many whole epochs as hold `steps` steps, at most its own number."""
    length = getattr(config, lesson.length)
    _, one_epoch = program.train(lesson.lasting(config, min(length, 1)), data)
    steps_per_epoch = max(len(flat_losses(one_epoch)), 1)
    return lesson.lasting(config, min(length, -(-steps // steps_per_epoch)))


def flat_losses(history: dict[str, Any]) -> np.ndarray:
    """The loss of every step of a run, shape (steps,)."""
    import numpy as np

    rows = [np.ravel(np.asarray(row, np.float64)) for row in history["loss"]]
    return np.concatenate(rows) if rows else np.zeros(0)


def like_torch(lesson: Lesson, config: Any, data: Any) -> tuple[Any, np.ndarray | None]:
    """The start of a PyTorch script: `torch.manual_seed(config.seed)`, then the twin's model.

    Returns:
        The initial parameters, and the order in which `DataLoader(shuffle=True)` then gives the
        examples, shape (epochs, n); None where the lesson does not shuffle. PyTorch is not used.
    """
    import numpy as np

    from jaxdl import replay

    generator = replay.Generator(config.seed)
    like, _ = lesson.functional.train(lesson.lasting(config, 0), data)
    params = lesson.parameter_map(config).draw(generator, like)
    if not lesson.shuffles:
        return params, None
    n = len(data[0])
    orders = [replay.dataloader_epoch(generator, n) for _ in range(config.epochs)]
    return params, np.array(orders, np.int64).reshape(-1, n)


def jax_step(
    apply: Callable[..., Any],
    loss: Callable[..., Any],
    params: Any,
    batch: Any,
    parameter_map: ParameterMap,
) -> Record:
    """Output, loss and every gradient of a pair of pure functions.

    Args:
        apply: takes params and x, gives the output.
        loss: takes params and the batch (x, y), gives a scalar.
        params: any pytree.
        batch: (x, y).
        parameter_map: names the gradients as PyTorch does.
    """
    import jax
    import numpy as np

    value, gradient = jax.value_and_grad(loss)(params, batch)
    output = np.asarray(apply(params, batch[0]))
    record = {"output": output, "loss": np.asarray(value)}
    return record | _named("gradient", parameter_map.to_torch(gradient))


def torch_step(loss: Callable[..., Any], model: Any, batch: Any) -> Record:
    """Output, loss and every gradient of a `torch.nn.Module`, whose `.grad` is left as it was.

    Args:
        loss: takes the model and the batch, gives a tensor of one element.
        model: called on x for the output.
        batch: (x, y), tensors.
    """
    import torch

    value = loss(model, batch)
    names, weights = zip(*model.named_parameters(), strict=True)
    gradients = torch.autograd.grad(value, weights)
    record = {"output": _numpy(model(batch[0])), "loss": _numpy(value).reshape(())}
    return record | _named("gradient", dict(zip(names, map(_numpy, gradients), strict=True)))


def functional_record(lesson: Lesson, config: Any, precision: str, steps: int = STEPS) -> Record:
    """What the functional program computes, started where PyTorch would start; without PyTorch."""
    import jax
    import numpy as np

    program, parameter_map = lesson.functional, lesson.parameter_map(config)
    data = program.examples(config)
    config = shortened(lesson, program, config, data, steps)
    drawn, order = like_torch(lesson, config, data)
    data = tuple(np.asarray(column, precision) for column in data)
    params = jax.tree.map(lambda leaf: np.asarray(leaf, precision), drawn)
    with jax.enable_x64(precision == "float64"):
        batch = first_batch(lesson, config, data)
        record = dict(zip("xy", map(np.asarray, batch), strict=True))
        record |= _named("init", parameter_map.to_torch(params))
        record |= jax_step(
            bind(program.apply, config), bind(program.loss, config), params, batch, parameter_map
        )
        extra = {"order": order} if lesson.shuffles else {}
        params, history = program.train(config, data, params=params, **extra)
        record["trajectory"] = flat_losses(history)
        return record | _named("parameter", parameter_map.to_torch(params))


def imperative_record(lesson: Lesson, config: Any, precision: str, steps: int = STEPS) -> Record:
    """What the imperative program computes, with real PyTorch.

    Raises:
        InputError: PyTorch is not installed.
    """
    program, dtype = lesson.imperative, getattr(import_torch(), precision)
    data = tuple(column.to(dtype) for column in program.examples(config))
    config = shortened(lesson, program, config, data, steps)
    model, _ = program.train(lesson.lasting(config, 0), data)
    batch = first_batch(lesson, config, data)
    record = dict(zip("xy", map(_numpy, batch), strict=True))
    record |= _named("init", _state(model)) | torch_step(program.loss, model, batch)
    if lesson.per_example:  # torch.tensor([1.0]) answers with shape (1,) where a number is meant
        record["output"] = record["output"].reshape(())
    model, history = program.train(config, data)
    record["trajectory"] = flat_losses(history)
    return record | _named("parameter", _state(model))


def _numpy(tensor: Any) -> np.ndarray:
    return tensor.detach().numpy().copy()


def _state(model: Any) -> Record:
    return {name: _numpy(tensor) for name, tensor in model.state_dict().items()}


def _named(kind: str, tensors: Record) -> Record:
    return {f"{kind}/{name}": tensor for name, tensor in tensors.items()}
