"""What is looked at: scores and contexts."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    asked, width, hidden = draw.integer(10, 12), draw.integer(13, 15), draw.integer(16, 19)
    read = draw.normal(draw.n, width, hidden)
    yield "scores(query, read)", answer.scores(draw.normal(draw.n, asked, hidden), read)
    yield "context(weights, read)", answer.context(draw.uniform(draw.n, asked, width), read)
