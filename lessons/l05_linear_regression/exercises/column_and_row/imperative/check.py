"""What is looked at: the loss for two numbers of examples."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    for n in (draw.n, draw.n + 4):
        prediction, y = draw.normal(n, 1), 1 + draw.normal(n)
        yield f"loss(prediction ({n}, 1), y ({n},))", answer.loss(prediction, y)
