"""What is looked at: the loss, and its gradient by w."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    w = draw.uniform(1, low=0.5, high=1.5)[0].requires_grad_()
    first, second = draw.normal(3), 0.3 * draw.normal(2)
    value = answer.loss(w, first, second)
    yield "loss(w, first, second)", value
    value.backward()
    yield "w.grad after loss(w, first, second).backward()", w.grad
