"""What is looked at: the gradient of a batch, in parts."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    parts, features = draw.integer(2, 4), draw.integer(12, 15)
    rows = parts * draw.n
    w, x, y = draw.normal(features), draw.normal(rows, features), draw.normal(rows)
    yield f"gradient(w, x, y, {parts}) of {rows} rows", answer.gradient(w, x, y, parts)
