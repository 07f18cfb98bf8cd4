"""What is looked at: the counts of two nets of different depth."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    for depth in (3, 4):
        sizes = [draw.integer(20, 40), *(draw.integer(4, 12) for _ in range(depth - 1)), 2]
        yield f"parameters({sizes})", answer.parameters(sizes)
