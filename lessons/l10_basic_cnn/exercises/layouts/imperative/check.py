"""What is looked at: pictures that are no squares, and kernels with four different sides."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    yield "pictures(x)", answer.pictures(draw.normal(2, draw.integer(4, 5), draw.integer(6, 7), 3))
    yield "kernels(w)", answer.kernels(draw.normal(2, 3, 5, draw.integer(6, 7)))
