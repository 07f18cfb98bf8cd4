"""What is looked at: two batches in training, each with the state before, and one in evaluation."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    mean = draw.normal(draw.n + 1)
    for number in ("one", "two"):
        x = 3 + draw.normal(draw.n, draw.n + 1)
        y, mean = answer.centred(x, mean, True)
        yield f"in training, of batch {number}, the output", y
        yield f"in training, of batch {number}, the running mean", mean
    y, after = answer.centred(3 + draw.normal(draw.n, draw.n + 1), mean, False)
    yield "in evaluation the output", y
    yield "in evaluation the running mean", after
