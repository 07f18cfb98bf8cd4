"""What is looked at: the mean and its slope."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    scores, v = draw.normal(draw.n), draw.normal(draw.n) + 1
    yield "mean(scores, v)", answer.mean(scores, v)
    yield "slope(scores, v)", answer.slope(scores, v)
