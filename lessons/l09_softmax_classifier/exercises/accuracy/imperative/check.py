"""What is looked at: the accuracy where more than half are right, but not all, and its type."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    classes, n = 5, draw.integer(20, 29)
    logits = draw.normal(n, classes) + 5
    y = logits.argmax(dim=1)
    wrong = draw.integer(3, 7)
    y[:wrong] = (y[:wrong] + draw.integers(1, classes - 1, wrong)) % classes
    found = answer.accuracy(logits, y)
    yield "accuracy(logits, y)", found
    yield "type(accuracy(logits, y)).__name__", type(found).__name__
