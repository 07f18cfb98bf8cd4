"""What one program computed, written down under PyTorch's names so that two can be compared.

A record is a flat dict of NumPy arrays:

    x, y                     the batch
    init/NAME                every parameter before the first step
    output, loss             of the initial parameters on the batch
    gradient/NAME            of that loss
    trajectory               the loss of every step of the training run, shape (steps,)
    parameter/NAME           every parameter at the end of that run

A batch of images is written down as PyTorch keeps it: (batch, channels, height, width).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import signature
from typing import TYPE_CHECKING, Any

from jaxdl._torch import import_torch

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.lessons import Lesson
    from jaxdl.parity.maps import ParameterMap

    Record = dict[str, np.ndarray]

STEPS = 100
"""A golden trajectory has at least this many steps, or is the whole of a shorter run."""

WHOLE = 4_000
"""A golden file holds arrays of up to so many elements in full."""


def bind(function: Callable[..., Any], config: Any) -> Callable[..., Any]:
    """`function` with every parameter that is named as a field of `config` set to that field."""
    names = [name for name in signature(function).parameters if hasattr(config, name)]
    return partial(function, **{name: getattr(config, name) for name in names})


def first_batch(lesson: Lesson, config: Any, data: tuple[Any, ...]) -> tuple[Any, ...]:
    """Where output, loss and gradients are compared: on the first batch, unshuffled."""
    if lesson.per_example:
        return tuple(column[0] for column in data)
    return tuple(column[: getattr(config, "batch_size", None)] for column in data)


def shortened(lesson: Lesson, train: Callable[..., Any], config: Any, data: Any, steps: int) -> Any:
    """`config` with as many whole epochs as hold `steps` steps, at most its own number."""
    length = getattr(config, lesson.length)
    if lesson.shuffles:
        steps_per_epoch = -(-len(data[0]) // config.batch_size)
    else:
        _, one_epoch = train(lesson.lasting(config, min(length, 1)), data)
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
    params = lesson.parameter_map(config).draw(generator, _like(lesson, config, data))
    if not lesson.shuffles:
        return params, None
    n = len(data[0])
    orders = [replay.dataloader_epoch(generator, n) for _ in range(config.epochs)]
    return params, np.array(orders, np.int64).reshape(-1, n)


def condensed(record: Record) -> Record:
    """The record with each array of more than `WHOLE` elements as a vector that stands for it.

    First its root mean square and eight sums of all elements under random signs, divided by √size:
    they show any element that differs, on the scale of the elements. Then 1000 elements, evenly
    spaced. What must be equal bit for bit (the batch, the initial parameters) has instead of the
    sums, whose rounding depends on the machine, the bytes of its SHA-256.
    """
    return {
        name: array if array.size <= WHOLE else _condensed(name, array)
        for name, array in record.items()
    }


def _condensed(name: str, array: np.ndarray) -> np.ndarray:
    import hashlib

    import numpy as np

    from jaxdl import replay

    flat = np.ascontiguousarray(array).ravel()
    if np.issubdtype(flat.dtype, np.integer):
        flat = flat.astype(np.int64)  # PyTorch's labels and letters are wider than ours
    sample = flat[np.linspace(0, flat.size - 1, 1000).astype(int)]
    if name in ("x", "y") or name.startswith("init/"):
        digest = np.frombuffer(hashlib.sha256(flat.tobytes()).digest(), np.uint8)
        return np.concatenate([sample, digest.astype(flat.dtype)])
    wide = flat.astype(np.float64)
    bits = replay.Generator(0).random(8 * flat.size)  # NumPy's own may change with its version
    signs = (bits % 2).reshape(8, -1) * 2.0 - 1
    sums = np.array([np.linalg.norm(wide), *(signs @ wide)]) / np.sqrt(flat.size)
    return np.concatenate([sums.astype(array.dtype), sample])


def floating_as(data: tuple[Any, ...], precision: str) -> tuple[Any, ...]:
    """The columns with their floating-point numbers in that precision; labels stay integers."""
    import numpy as np

    return tuple(
        np.asarray(column, precision) if np.issubdtype(column.dtype, np.floating) else column
        for column in data
    )


def started(
    lesson: Lesson, config: Any, precision: str, as_torch: bool
) -> tuple[tuple[Any, ...], Any, np.ndarray | None]:
    """What a run begins with: the data, the initial parameters, the order of the examples.

    Drawn in float32 and then widened, as a PyTorch script does that says `model.double()`. What is
    None the functional program draws itself.

    Args:
        lesson: which.
        config: its Config.
        precision: "float32" or "float64".
        as_torch: begin as `like_torch`.
    """
    import jax
    import numpy as np

    data = lesson.functional.examples(config)
    params, order = like_torch(lesson, config, data) if as_torch else (None, None)
    if precision != "float32":
        if params is None:
            with jax.enable_x64(False):
                params, _ = lesson.functional.train(lesson.lasting(config, 0), data)
        params = jax.tree.map(lambda leaf: np.asarray(leaf, precision), params)
        data = floating_as(data, precision)
    return data, params, order


def _like(lesson: Lesson, config: Any, data: Any) -> Any:
    """Initial parameters for their structure and shapes; their values, where PyTorch draws none."""
    import jax
    import numpy as np

    def initial() -> Any:
        return lesson.functional.train(lesson.lasting(config, 0), data)[0]

    if any(layer.rule.draw is None for layer in lesson.parameter_map(config).layers):
        return initial()
    shapes = jax.eval_shape(initial)  # draws nothing, compiles nothing
    return jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), shapes)


def jax_step(
    apply: Callable[..., Any],
    loss: Callable[..., Any],
    params: Any,
    batch: Any,
    parameter_map: ParameterMap,
    *,
    compiled: bool = False,
) -> Record:
    """Output, loss and every gradient of a pair of pure functions.

    Args:
        apply: takes params and x, gives the output.
        loss: takes params and the batch (x, y), gives a scalar.
        params: any pytree.
        batch: (x, y).
        parameter_map: names the gradients as PyTorch does.
        compiled: as one program, which may round otherwise; each operation by itself is compiled,
            too, so that for a deep net it takes longer. The program runs once: LLVM's optimiser
            would take longer than it saves.
    """
    import jax
    import numpy as np

    def run(params: Any, batch: Any) -> Any:
        return apply(params, batch[0]), *jax.value_and_grad(loss)(params, batch)

    if compiled:
        run = jax.jit(run, compiler_options={"xla_backend_optimization_level": 0})
    output, value, gradient = run(params, batch)
    record = {"output": np.asarray(output), "loss": np.asarray(value)}
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
    config = shortened(lesson, program.train, config, program.examples(config), steps)
    with jax.enable_x64(precision == "float64"):
        data, params, order = started(lesson, config, precision, as_torch=True)
        batch = first_batch(lesson, config, data)
        record = dict(zip("xy", map(np.asarray, batch), strict=True))
        if record["x"].ndim == 4:  # NHWC -> NCHW
            record["x"] = record["x"].transpose(0, 3, 1, 2)
        record |= _named("init", parameter_map.to_torch(params))
        apply, loss = (bind(function, config) for function in (program.apply, program.loss))
        compiled = lesson.number >= 9  # the nets of many operations
        record |= jax_step(apply, loss, params, batch, parameter_map, compiled=compiled)
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
    data = tuple(
        column.to(dtype) if column.is_floating_point() else column
        for column in program.examples(config)
    )
    train = program.train
    if "dtype" in signature(train).parameters:  # letters are integers: they do not say which
        train = partial(train, dtype=dtype)
    config = shortened(lesson, train, config, data, steps)
    model, _ = train(lesson.lasting(config, 0), data)
    batch = first_batch(lesson, config, data)
    record = dict(zip("xy", map(_numpy, batch), strict=True))
    record |= _named("init", _state(model)) | torch_step(program.loss, model, batch)
    if lesson.per_example:  # torch.tensor([1.0]) answers with shape (1,) where a number is meant
        record["output"] = record["output"].reshape(())
    model, history = train(config, data)
    record["trajectory"] = flat_losses(history)
    return record | _named("parameter", _state(model))


def _numpy(tensor: Any) -> np.ndarray:
    return tensor.detach().numpy().copy()


def _state(model: Any) -> Record:
    return {name: _numpy(tensor) for name, tensor in model.state_dict().items()}


def _named(kind: str, tensors: Record) -> Record:
    return {f"{kind}/{name}": tensor for name, tensor in tensors.items()}
