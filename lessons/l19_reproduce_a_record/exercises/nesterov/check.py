"""What is looked at: two steps, one after the other."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    w, v = draw.normal(3, 2), draw.normal(3, 2)
    learning_rate, momentum = draw.number(0.1, 0.5), draw.number(0.6, 0.9)
    w, v = answer.step(w, v, draw.normal(3, 2), learning_rate, momentum)
    yield "step(w, v, gradient, learning_rate, momentum)", (w, v)
    yield "a second step", answer.step(w, v, draw.normal(3, 2), learning_rate, momentum)
