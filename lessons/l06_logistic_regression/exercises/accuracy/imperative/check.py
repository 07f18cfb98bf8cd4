"""What is looked at: two batches, and that the result is a Python number."""

from jaxdl.course.exercises import Draw
from lessons.l06_logistic_regression.exercises.accuracy.check import cases


def observe(answer, draw: Draw):
    for z, y in cases(draw):
        found = answer.accuracy(z, y)
        yield f"accuracy(z {tuple(z.shape)}, y {tuple(y.shape)})", found
        yield "its type", type(found).__name__
