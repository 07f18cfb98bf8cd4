"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong


@wrong(
    "evaluate",
    "no_grad alone changes no mode: in training mode the batch's own statistics are taken, and "
    "the model's are moved.",
    "no_grad 不改变模式：训练模式下用的是这一批自己的统计量，模型的也被改动了。",
)
def without_eval(model, x):
    with torch.no_grad():
        return model(x)


@wrong(
    "evaluate",
    "eval() alone still builds a graph: what is returned has requires_grad.",
    "只有 eval() 仍会建计算图：返回的张量带着 requires_grad。",
)
def without_no_grad(model, x):
    mode = model.training
    model.eval()
    found = model(x)
    model.train(mode)
    return found


@wrong(
    "evaluate",
    "The model stays in evaluation mode: training goes on with the kept statistics, and nobody "
    "notices.",
    "模型留在了评估模式：接下来的训练会用记下的统计量，而且谁也不会察觉。",
)
def left_in_eval(model, x):
    model.eval()
    with torch.no_grad():
        return model(x)


@wrong(
    "evaluate",
    "Whoever hands over a model in evaluation mode gets it back in training mode. What was it "
    "before?",
    "交进来时是评估模式，还回去时成了训练模式。它原来是什么模式？",
)
def always_to_train(model, x):
    model.eval()
    with torch.no_grad():
        found = model(x)
    model.train()
    return found
