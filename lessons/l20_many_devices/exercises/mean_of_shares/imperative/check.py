"""What is looked at: the gradients of two batches in shares of different sizes."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    features = draw.integer(12, 15)
    rows = [draw.n, draw.n + draw.integer(2, 4)]
    w = draw.normal(features).requires_grad_()
    for which in ("a first", "a second"):
        xs, ys = [draw.normal(n, features) for n in rows], [draw.normal(n) for n in rows]
        yield f"gradient(w, xs, ys), {which} batch", answer.gradient(w, xs, ys)
