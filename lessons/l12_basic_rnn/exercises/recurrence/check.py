"""What is looked at: the states of several sequences."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    features, hidden = draw.integer(3, 4), 2
    x = draw.normal(draw.integer(4, 5), draw.integer(2, 3), features)
    w, u, b = draw.normal(features, hidden), draw.normal(hidden, hidden), draw.normal(hidden)
    yield "run(x, w, u, b)", answer.run(x, w, u, b)
