"""What is looked at: update and trace of two calls, the second with another learning rate."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    trace, momentum = draw.normal(draw.n), draw.number(0.6, 0.9)
    for number, learning_rate in (("one", draw.number(0.1, 0.2)), ("two", draw.number(0.3, 0.4))):
        added, trace = answer.update(draw.normal(draw.n), trace, learning_rate, momentum)
        yield f"call {number}, what is added", added
        yield f"call {number}, the trace", trace
