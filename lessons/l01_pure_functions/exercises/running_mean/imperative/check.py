"""What is looked at: the output, its graph, the statistics and the mode afterwards."""

from torch import nn

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    model = nn.Sequential(nn.Linear(2, draw.n), nn.BatchNorm1d(draw.n))
    for parameter in model.parameters():
        parameter.data = draw.normal(*parameter.shape)
    model(draw.normal(7, 2))
    y = answer.evaluated(model, draw.normal(6, 2))
    yield "evaluated(model, x)", y
    yield "afterwards the running mean", model[1].running_mean
    yield "y.requires_grad", str(y.requires_grad)
    yield "afterwards model.training", str(model.training)
