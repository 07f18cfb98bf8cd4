"""What is looked at: the number, and whether it is a plain one."""

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    scale = draw.normal().requires_grad_()
    sizes = [draw.integer(8, 12)] * draw.integer(2, 5) + [draw.integer(1, 3)]
    batches = [draw.uniform(size) for size in sizes]
    batches[-1] += 2
    found = answer.epoch_loss(lambda batch: (scale * batch).mean(), batches)
    yield "epoch_loss(loss, batches)", found
    yield "type(epoch_loss(loss, batches)).__name__", type(found).__name__
