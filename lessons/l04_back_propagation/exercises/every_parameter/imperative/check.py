"""What is looked at: both parameters after each of two steps."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    w1 = draw.uniform(low=0.3, high=0.6).requires_grad_()
    w2 = draw.uniform(low=1.0, high=2.0).requires_grad_()
    learning_rate = draw.number(0.1, 0.3)
    for number in ("one", "two"):
        x, y = draw.number(0.5, 1.5), draw.number(2.0, 4.0)
        answer.step(w1, w2, x, y, learning_rate)
        yield f"after step {number}, (w1, w2)", (w1, w2)
