"""What is looked at: the numbers for sizes drawn."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    letters, context = draw.integer(101, 149), draw.integer(21, 59)
    width, layers = draw.integer(61, 79), draw.integer(5, 9)
    called = f"count({letters}, {context}, {width}, {layers})"
    yield called, answer.count(letters, context, width, layers)
    yield f"added({width}, {layers})", answer.added(width, layers)
