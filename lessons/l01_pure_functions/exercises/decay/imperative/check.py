"""What is looked at: every parameter after the call."""

from torch import nn

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    model = nn.Sequential(nn.Linear(2, draw.n), nn.Linear(draw.n, 1))
    for parameter in model.parameters():
        parameter.data = draw.normal(*parameter.shape)
    rate = draw.number(0.1, 0.4)
    answer.decay(model, rate)
    yield f"after decay(model, {rate:.3f}), the model's state", dict(model.named_parameters())
