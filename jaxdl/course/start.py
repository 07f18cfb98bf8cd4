"""What a run of a lesson begins with: data, initial parameters, the order of the examples."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jaxdl.course.program import Data, Program
from jaxdl.course.registry import Lesson

if TYPE_CHECKING:
    import numpy as np

    from jaxdl.replay.dropout import MaskStream


@dataclass(frozen=True)
class Start:
    """How a run begins, beside its Config.

    Args:
        like_torch: as a PyTorch script that calls `torch.manual_seed(config.seed)`, builds the
            twin's model and iterates a shuffling DataLoader. PyTorch is not used.
        precision: "float32" or "float64", of data, parameters and all that is computed.
        tests_each_epoch: with `like_torch`, as a script that reads an unshuffled DataLoader of the
            test set after each epoch, as the lecture's do: that loader draws a base seed, too, so
            that from the second epoch on the examples come in another order.
        masks: with `like_torch`, how that PyTorch draws what a dropout keeps
            (`jaxdl.replay.dropout`).
    """

    like_torch: bool = False
    precision: str = "float32"
    tests_each_epoch: bool = False
    masks: MaskStream = "words"


def begin(
    lesson: Lesson, config: Any, program: Program, start: Start
) -> tuple[Data, Any, dict[str, Any]]:
    """What a run begins with.

    Numbers are drawn in float32 and then widened, as a PyTorch script does that says
    `model.double()`. JAX's x64 mode is the caller's matter.

    Returns:
        The data, the initial parameters, and what `program.train` takes besides: "order" where
        the run begins like PyTorch's and the lesson shuffles, "masks" where it has dropouts, too;
        else the program draws them.
    """
    import jax
    import numpy as np

    data, more = program.examples(), {}
    with jax.enable_x64(False):
        if start.like_torch:
            params, more = torch_draws(lesson, config, data, start.tests_each_epoch, start.masks)
        else:
            params = None  # drawn by `train` from the key of config.seed
            if start.precision != "float32":
                params, _ = lesson.program(lesson.lasting(config, 0)).train(data)
    if start.precision != "float32":
        params = jax.tree.map(lambda leaf: np.asarray(leaf, start.precision), params)
    return floating_as(data, start.precision), params, more


def like_torch(
    lesson: Lesson, config: Any, data: Data, tests_each_epoch: bool = False
) -> tuple[Any, np.ndarray | None]:
    """The start of a PyTorch script: `torch.manual_seed(config.seed)`, then the twin's model.

    Args:
        lesson, config: of which run.
        data: its examples.
        tests_each_epoch: see `Start`.

    Returns:
        The initial parameters, and the order in which `DataLoader(shuffle=True)` then gives the
        examples, shape (epochs, n), or one with a `RandomSampler` that draws with replacement; None
        where the lesson does not shuffle. PyTorch is not used.
    """
    params, more = torch_draws(lesson, config, data, tests_each_epoch)
    return params, more.get("order")


def torch_draws(
    lesson: Lesson,
    config: Any,
    data: Data,
    tests_each_epoch: bool = False,
    masks: MaskStream = "words",
) -> tuple[Any, dict[str, Any]]:
    """All that such a script draws: one generator serves it, in the order of the script.

    First the twin's model; then in each epoch the order of the examples, and after it, step by
    step, what the dropouts keep.

    Args:
        lesson, config: of which run.
        data: its examples.
        tests_each_epoch, masks: see `Start`.

    Returns:
        The initial parameters, and what `train` takes besides: where the lesson shuffles, "order"
        in which `DataLoader(shuffle=True)` gives the examples, shape (epochs, n), or one with a
        `RandomSampler` that draws with replacement; where it has dropouts, "masks", one for each
        of them, (epochs, n, ...).
    """
    import numpy as np

    from jaxdl import replay

    generator = replay.Generator(config.seed)
    params = lesson.parameter_map(config).draw(generator, initial(lesson, config))
    if not lesson.shuffles:
        return params, {}
    n, epochs = len(data[0]), getattr(config, lesson.length)
    size = lesson.epoch_size(config, n)
    dropouts = lesson.dropouts(config) if lesson.dropouts else ()
    order = np.empty((epochs, size), np.int64)
    kept = tuple(np.empty((epochs, size, *shape), bool) for shape, _ in dropouts)
    for epoch in range(epochs):
        if lesson.draws:
            replay.base_seed(generator)
            order[epoch] = replay.random_sampler(generator, n, size, replacement=True)
        else:
            order[epoch] = replay.dataloader_epoch(generator, n)
        for rows in replay.batches(np.arange(size), lesson.batch_size(config) or size):
            for keep, (shape, rate) in zip(kept, dropouts, strict=True):
                keep[epoch, rows] = replay.dropout_mask(generator, (len(rows), *shape), rate, masks)
        if tests_each_epoch:
            replay.base_seed(generator)
    return params, {"order": order} | ({"masks": kept} if lesson.dropouts else {})


def initial(lesson: Lesson, config: Any) -> Any:
    """Initial parameters: used for their shapes, and for the values that PyTorch does not draw."""
    import jax
    import numpy as np

    key, init = jax.random.key(config.seed), lesson.program(config).init
    if any(layer.rule.draw is None for layer in lesson.parameter_map(config).layers):
        return init(key)
    shapes = jax.eval_shape(init, key)  # draws nothing, compiles nothing
    return jax.tree.map(lambda leaf: np.zeros(leaf.shape, leaf.dtype), shapes)


def floating_as(data: Data, precision: str) -> Data:
    """The columns with their floating-point numbers in that precision; labels stay integers."""
    import numpy as np

    return tuple(
        np.asarray(column, precision) if np.issubdtype(column.dtype, np.floating) else column
        for column in data
    )


def tensors_as(data: Data, precision: str) -> Data:
    """The same for tensors."""
    import torch

    dtype = getattr(torch, precision)
    return tuple(column.to(dtype) if column.is_floating_point() else column for column in data)
