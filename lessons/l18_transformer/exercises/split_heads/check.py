"""What is looked at: the parts, and what has been merged."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    heads, length, size = draw.integer(11, 13), draw.integer(14, 16), draw.integer(17, 19)
    yield "split(qkv, heads)", answer.split(draw.normal(draw.n, length, 3 * heads * size), heads)
    yield "merge(context)", answer.merge(draw.normal(draw.n, heads, length, size))
