"""What is looked at: the gradients of n examples."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    w, xs, ys = draw.normal(4), draw.normal(draw.n, 4), 2 + draw.normal(draw.n)
    yield f"gradients(w, xs {tuple(xs.shape)}, ys)", answer.gradients(w, xs, ys)
