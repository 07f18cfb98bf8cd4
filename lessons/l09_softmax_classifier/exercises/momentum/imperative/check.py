"""What is looked at: the two tensors after one step."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    w, v, w_grad = (draw.normal(3, draw.n) for _ in range(3))
    w.requires_grad_().grad = w_grad
    answer.step(w, v, draw.number(0.05, 0.2), draw.number(0.5, 0.9))
    yield "w after step(w, v, learning_rate, momentum)", w
    yield "v after step(w, v, learning_rate, momentum)", v
