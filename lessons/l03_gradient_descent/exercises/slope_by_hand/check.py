"""What is looked at: the slope at two values of w."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    x, y = draw.uniform(draw.n, low=0.5, high=3.0), draw.uniform(draw.n, low=-1.0, high=1.0)
    for w in (draw.number(-3.0, -2.0), draw.number(2.0, 3.0)):
        yield f"slope({w:.3f}, x, y)", answer.slope(w, x, y)
