"""What is looked at: the two gradients."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    x, slope = draw.normal(draw.n, draw.integer(10, 12)), draw.normal(draw.n, draw.integer(2, 4))
    yield "gradient(x, slope)", answer.gradient(x, slope)
