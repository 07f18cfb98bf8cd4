"""What is looked at: the probabilities of small logits, then of rows at 1000 and at -1000."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    n, classes = draw.integer(5, 7), draw.integer(3, 4)
    logits = draw.normal(n, classes)
    yield "softmax(logits)", answer.softmax(logits)
    far = logits.at[0].add(1000).at[1].add(-1000)
    yield "softmax(far)", answer.softmax(far)
