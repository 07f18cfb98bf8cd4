"""What is looked at: pictures that are no squares, and kernels with four different sides."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    yield "pictures(x)", answer.pictures(draw.normal(2, 3, draw.integer(4, 5), draw.integer(6, 7)))
    yield "kernels(w)", answer.kernels(draw.normal(draw.integer(6, 7), 5, 2, 3))
