"""What is looked at: every array of the new parameters."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    params = {
        "hidden": {"kernel": draw.normal(2, draw.n), "bias": draw.normal(draw.n)},
        "output": {"kernel": draw.normal(draw.n, 1), "bias": draw.normal(1)},
    }
    rate = draw.number(0.1, 0.4)
    yield f"decayed(params, {rate:.3f})", answer.decayed(params, rate)
