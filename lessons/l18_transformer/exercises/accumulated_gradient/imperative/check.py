"""What is looked at: the gradients of two batches, in parts, one after the other."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    parts, features = draw.integer(2, 4), draw.integer(12, 15)
    rows = parts * draw.n
    w = draw.normal(features).requires_grad_()
    for which in ("a first", "a second"):
        x, y = draw.normal(rows, features), draw.normal(rows)
        yield f"gradient(w, x, y, {parts}), {which} batch", answer.gradient(w, x, y, parts)
