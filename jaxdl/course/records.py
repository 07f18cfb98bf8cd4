"""The two programs of a lesson, run and written down (`jaxdl.parity.record`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jaxdl.course.document import flat_losses
from jaxdl.course.start import Start, begin, tensors_as
from jaxdl.parity.record import as_numpy, jax_step, named, state_of, torch_step

if TYPE_CHECKING:
    from jaxdl.course.registry import Lesson
    from jaxdl.parity.record import Record

STEPS = 100
"""A golden trajectory has at least this many steps, or is the whole of a shorter run."""


def shortened(lesson: Lesson, config: Any, n: int, steps: int) -> Any:
    """`config` with as many whole epochs as hold `steps` steps, at most its own number.

    Args:
        lesson, config: whose.
        n: how many examples an epoch has.
        steps: how many are wanted.
    """
    epochs = -(-steps // lesson.steps_per_epoch(config, n))
    return lesson.lasting(config, min(getattr(config, lesson.length), epochs))


def functional_record(lesson: Lesson, config: Any, precision: str, steps: int = STEPS) -> Record:
    """What the functional program computes, started where PyTorch would start; without PyTorch."""
    import jax
    import numpy as np

    n = len(lesson.program(config).examples()[0])
    config = shortened(lesson, config, n, steps)
    program, parameter_map = lesson.program(config), lesson.parameter_map(config)
    start = Start(like_torch=True, precision=precision)
    with jax.enable_x64(precision == "float64"):
        data, params, more = begin(lesson, config, program, start)
        batch = lesson.first_batch(config, data)
        record = dict(zip("xy", map(np.asarray, batch), strict=True))
        if record["x"].ndim == 4:  # NHWC -> NCHW
            record["x"] = record["x"].transpose(0, 3, 1, 2)
        record |= named("init", parameter_map.to_torch(params))
        record |= jax_step(program.apply, program.loss, params, batch, parameter_map)
        params, history = program.train(data, params, **more)
        record["trajectory"] = flat_losses(history)
        return record | named("parameter", parameter_map.to_torch(params))


def imperative_record(lesson: Lesson, config: Any, precision: str, steps: int = STEPS) -> Record:
    """What the imperative program computes, with real PyTorch.

    Raises:
        InputError: PyTorch is not installed.
    """
    import numpy as np

    data = tensors_as(lesson.twin(config, precision).examples(), precision)
    config = shortened(lesson, config, len(data[0]), steps)
    twin = lesson.twin(config, precision)
    batch, shared = lesson.first_batch(config, data), lesson.parameter_map(config).shared
    record = dict(zip("xy", map(as_numpy, batch), strict=True))
    record |= named("init", shared(state_of(twin.model)))
    record |= torch_step(twin.loss, twin.model, batch)
    for name, tensor in shared(dict(twin.model.named_buffers())).items():
        record[f"gradient/{name}"] = np.zeros_like(as_numpy(tensor))  # PyTorch takes none of them
    if lesson.per_example:  # torch.tensor([1.0]) answers with shape (1,) where a number is meant
        record["output"] = record["output"].reshape(())
    model, history = twin.train(data)
    record["trajectory"] = flat_losses(history)
    return record | named("parameter", shared(state_of(model)))
