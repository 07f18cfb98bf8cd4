"""What is looked at: weights, statistics and loss of a step, and of one more."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    features, rate = draw.integer(12, 15), draw.number()
    weights, stats = draw.normal(features), draw.normal(features)
    for which in ("step", "the next step"):
        x = draw.normal(draw.n, features) + 1
        weights, stats, loss = answer.step(weights, stats, x, rate)
        yield f"weights after {which}", weights
        yield f"statistics after {which}", stats
        yield f"loss of {which}", loss
