"""What is looked at: both slopes, at two places."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    for sign in (1, -1):
        x = draw.uniform(draw.n, low=0.5, high=3.0)
        y = draw.array(draw.rng.permutation([1, 0] + [0] * (draw.n - 2)).astype("float32"))
        w, b = sign * draw.number(0.3, 0.9), draw.number(0.5, 1.0)
        yield f"slopes({w:.2f}, {b:.2f}, x, y)", answer.slopes(w, b, x, y)
