"""What is looked at: where the steps lead."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    size, rate, decay = draw.integer(10, 14), draw.number(0.1, 0.5), draw.number(0.5, 0.8)
    w, gradients = draw.normal(size), draw.normal(draw.n, size)
    called = f"descend(w, {draw.n} gradients, {rate:.2f}, {decay:.2f})"
    yield called, answer.descend(w, gradients, rate, decay)
