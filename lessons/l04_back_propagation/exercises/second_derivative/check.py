"""What is looked at: the second derivative at two places."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    for _ in range(2):
        w, x, y = draw.number(0.2, 0.5), draw.number(1.2, 1.8), draw.number(-3.0, -2.0)
        yield f"curvature({w:.2f}, {x:.2f}, {y:.2f})", answer.curvature(w, x, y)
