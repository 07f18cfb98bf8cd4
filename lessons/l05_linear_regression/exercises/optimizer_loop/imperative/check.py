"""What is looked at: the parameters after one step and after three, with momentum."""

import torch
from torch import nn

from jaxdl.course.exercises import Draw


class Line(nn.Module):
    """ŷ = wx + b, of the shape of x."""

    def __init__(self, w, b):
        super().__init__()
        self.w, self.b = nn.Parameter(w.clone()), nn.Parameter(b.clone())

    def forward(self, x):
        return self.w * x + self.b


def observe(answer, draw: Draw):
    w, b = draw.uniform(1), draw.uniform(1)
    rate, momentum = draw.number(0.02, 0.05), draw.number(0.7, 0.9)
    x, y = draw.uniform(draw.n, low=0.5, high=2.0), draw.uniform(draw.n, low=3.0, high=6.0)
    for steps in (1, 3):
        model = Line(w, b)
        optimizer = torch.optim.SGD(model.parameters(), lr=rate, momentum=momentum)
        answer.train(optimizer, model, x, y, steps)
        yield f"after {steps} of the steps, the model's state", dict(model.named_parameters())
