"""What is looked at: the shape, then the number of weights."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    sizes = draw.integer(2, 4), draw.integer(5, 7), draw.integer(8, 12), draw.integer(16, 32)
    yield f"kernel_shape{sizes}", answer.kernel_shape(*sizes)
    yield f"count{sizes}", answer.count(*sizes)
