"""The course's lessons as sound pairs: each net of its own size, on a batch of eight examples."""

from __future__ import annotations

from dataclasses import fields
from functools import partial
from typing import Any

import jax

from benchmarks.faults.case import Case
from jaxdl.course import find, lessons
from jaxdl.course.autograd import functional_world, imperative_world

BATCH = 8


def pair(name: str, net: str) -> dict[str, Any]:
    """A lesson's twin and its functional program, on their first batch."""
    lesson = find(name)
    own = {field.name for field in fields(lesson.config)}
    given = {"batch_size": BATCH} if "batch_size" in own else {}
    config = lesson.config(**{**given, **lesson.nets.get(net, {})})
    program = lesson.program(config)
    ours, theirs = (
        next(iter(world(lesson, config, "float32").batches))
        for world in (functional_world, imperative_world)
    )
    return {
        "model": lesson.twin(config, "float32").model,
        "params": jax.eval_shape(program.init, jax.random.key(0)),
        "batch": ours[: len(theirs)],  # without masks: in evaluation, as the twin is
        "torch_batch": theirs,
        "apply": program.apply,
        "loss": program.loss,
        "torch_loss": lesson.twin(config, "float32").loss,
        "parameter_map": lesson.parameter_map(config),
    }


CASES = [
    Case(f"{lesson.name} {net}", "lessons", partial(pair, lesson.name, net))
    for lesson in lessons()
    if lesson.number > 2
    for net in (lesson.nets or {"default": {}})
]
