"""The course's losses at sizes that take no time: every net from l02 on, where both begin alike."""

from dataclasses import fields

import jax

from jaxdl.course import lessons
from jaxdl.course.autograd import functional_world, imperative_world
from jaxdl.course.start import Start, begin
from tests.soak import whole_or

SMALL = {
    "batch_size": 2,
    "parts": 2,
    "hidden": 6,
    "letters": 3,
    "digits": 1,
    "length": 4,
    "examples": 8,
}
NETS = [
    (lesson, net)
    for lesson in lessons()
    if lesson.number > 1
    for net in (lesson.nets or {"default": {}})
]
SUITE = whole_or(
    [
        (lesson, net)
        for lesson, net in NETS
        if net in ("default", "line", "lecture", "resnet", "rnn")
    ],
    NETS,
)


def config_of(lesson, net):
    """A small Config."""
    own = {field.name for field in fields(lesson.config)}
    given = {name: size for name, size in SMALL.items() if name in own}
    config = lesson.config(**{**given, **lesson.nets.get(net, {})})
    return lesson.lasting(config, 1)


def programs(lesson, config, precision):
    """Both, each (loss, what it is a function of, batch), with the same numbers in them."""
    with jax.enable_x64(precision == "float64"):
        twin = lesson.twin(config, precision)
        twin.model.train(bool(lesson.dropouts))  # then the batches are those of training
        theirs = next(iter(imperative_world(lesson, config, precision).batches))
        ours = functional_world(lesson, config, precision)
        program = lesson.program(config)
        _, params, _ = begin(lesson, config, program, Start(True, precision))
        return (
            (twin.loss, twin.model, theirs),
            (program.loss, params, next(iter(ours.batches))),
        )
