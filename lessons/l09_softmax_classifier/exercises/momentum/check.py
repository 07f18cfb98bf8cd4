"""What is looked at: the new parameter and the new velocity of one step."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    w, v, gradient = (draw.normal(3, draw.n) for _ in range(3))
    rates = draw.number(0.05, 0.2), draw.number(0.5, 0.9)
    w, v = answer.step(w, v, gradient, *rates)
    yield "step(w, v, gradient, learning_rate, momentum)[0]", w
    yield "step(w, v, gradient, learning_rate, momentum)[1]", v
