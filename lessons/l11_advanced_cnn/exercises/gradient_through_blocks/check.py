"""What is looked at: both derivatives."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    slopes, arriving = draw.uniform(draw.n, low=0.2, high=0.6), draw.number(1.5, 3)
    yield "plain(slopes, arriving)", answer.plain(slopes, arriving)
    yield "residual(slopes, arriving)", answer.residual(slopes, arriving)
