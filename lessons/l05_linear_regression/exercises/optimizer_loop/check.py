"""What is looked at: the parameters after one step and after three, with momentum."""

import optax

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    optimizer = optax.sgd(draw.number(0.02, 0.05), momentum=draw.number(0.7, 0.9))
    params = {"w": draw.uniform(), "b": draw.uniform()}
    x, y = draw.uniform(draw.n, low=0.5, high=2.0), draw.uniform(draw.n, low=3.0, high=6.0)
    for steps in (1, 3):
        yield (
            f"train(optimizer, params, x, y, {steps})",
            answer.train(optimizer, params, x, y, steps),
        )
