"""What is looked at: the loss of usual logits, then of a net that is certain and wrong."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    logits, y = draw.normal(draw.integer(6, 8), 4), draw.integers(0, 3, 8).long()
    yield "loss(logits, y)", answer.loss(logits, y[: len(logits)])
    yield "loss(1000 * logits, worst)", answer.loss(1000 * logits, logits.argmin(dim=1))
