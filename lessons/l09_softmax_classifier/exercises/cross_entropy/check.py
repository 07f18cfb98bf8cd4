"""What is looked at: the loss of usual logits, then of a net that is certain and wrong."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    n, classes = draw.integer(6, 8), draw.integer(3, 4)
    logits = draw.rng.standard_normal((n, classes)).astype("float32")
    y = draw.integers(0, classes - 1, n)
    yield "loss(logits, y)", answer.loss(draw.array(logits), y)
    worst = draw.array(logits.argmin(axis=1).astype("int32"))
    yield "loss(1000 * logits, worst)", answer.loss(draw.array(1000 * logits), worst)
