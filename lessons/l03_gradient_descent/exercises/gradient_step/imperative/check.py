"""What is looked at: w after each of two steps, and whether it is still a parameter."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    w = draw.uniform(1, low=0.2, high=0.8).requires_grad_()
    x, y = draw.uniform(draw.n, low=0.5, high=2.0), draw.uniform(draw.n, low=3.0, high=6.0)
    learning_rate = draw.number(0.01, 0.1)
    for number in ("one", "two"):
        answer.step(w, x, y, learning_rate)
        yield f"after step {number}, w", w
    yield "w.requires_grad", str(w.requires_grad)
