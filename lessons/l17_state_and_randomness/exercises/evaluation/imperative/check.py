"""What is looked at: the output, the buffers and the mode, of a model in either mode."""

import torch

from jaxdl.course.exercises import Draw


def observe(answer, draw: Draw):
    features = draw.integer(12, 15)
    model = torch.nn.Sequential(torch.nn.BatchNorm1d(features))
    norm = model[0]
    norm.running_mean, norm.running_var = draw.normal(features), draw.uniform(features, low=0.1)
    x = draw.normal(draw.n, features)
    for mode in (True, False):
        model.train(mode)
        found = answer.evaluate(model, x)
        said = "training" if mode else "evaluation"
        yield f"evaluate(model in {said} mode, x)", found
        yield "does it hang in a graph", float(found.requires_grad) + draw.number()
        yield "the running mean after that", norm.running_mean.clone()
        yield "model.training after that", float(model.training) + draw.number()
