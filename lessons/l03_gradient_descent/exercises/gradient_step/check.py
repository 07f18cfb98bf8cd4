"""What is looked at: the new w and the loss of two steps, each from the w before."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    x, y = draw.uniform(draw.n, low=0.5, high=2.0), draw.uniform(draw.n, low=3.0, high=6.0)
    w, learning_rate = draw.number(0.2, 0.8), draw.number(0.01, 0.1)
    for number in ("one", "two"):
        new, value = answer.step(w, x, y, learning_rate)
        yield f"step {number}, the new w", new
        yield f"step {number}, the loss", value
        w = new
