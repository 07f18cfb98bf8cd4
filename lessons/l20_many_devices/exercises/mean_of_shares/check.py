"""What is looked at: the gradient of shares of different sizes."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    features = draw.integer(12, 15)
    rows = [draw.n, draw.n + draw.integer(2, 4)]
    w = draw.normal(features)
    xs, ys = [draw.normal(n, features) for n in rows], [draw.normal(n) for n in rows]
    yield f"gradient(w, xs, ys), shares of {rows}", answer.gradient(w, xs, ys)
