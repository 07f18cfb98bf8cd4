"""What is looked at: the states, and the last one."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    batch, seq_len, hidden = draw.integer(2, 3), draw.integer(4, 6), draw.integer(2, 3)
    x, h = draw.normal(batch, seq_len, hidden), draw.normal(batch, hidden)
    states, last = answer.run(x, h)
    yield "run(x, h)[0]", states
    yield "run(x, h)[1]", last
