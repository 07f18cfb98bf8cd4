"""What is looked at: two batches in turn, and what the buffers are after each."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    features = draw.integer(12, 15)
    mean, var = draw.normal(features), draw.uniform(features, low=0.5, high=2)
    for which in ("a first", "a second"):
        x = (2 * draw.normal(draw.n, features) + 1).requires_grad_()
        yield f"normalise(mean, var, x), {which} batch", answer.normalise(mean, var, x)
        yield "mean and var after that", (mean.detach().clone(), var.detach().clone())
        yield "mean hangs in a graph", float(mean.requires_grad) + draw.number()
