"""What is looked at: both slopes, at two places."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    for sign in (1, -1):
        w1, w2 = draw.number(0.3, 0.9), sign * draw.number(1.2, 1.9)
        x, y = draw.number(2.1, 2.9), draw.number(3.0, 5.0)
        shown = ", ".join(f"{each:.2f}" for each in (w1, w2, x, y))
        yield f"slopes({shown})", answer.slopes(w1, w2, x, y)
