"""What is looked at: the sum, and what it is."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    w = draw.normal().requires_grad_()
    batches = [(draw.normal(draw.n), 1 + draw.normal(draw.n)) for _ in range(draw.integer(2, 4))]
    total = answer.total_loss(w, batches)
    yield f"total_loss(w, {len(batches)} batches)", total
    yield "its type", type(total).__name__
    yield "whether it has a graph", str(getattr(total, "grad_fn", None) is not None)
