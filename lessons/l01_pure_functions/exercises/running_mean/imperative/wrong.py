"""Typical wrong answers."""

import torch

from jaxdl.course.exercises import wrong


@wrong(
    "evaluated",
    "The model is still in training: it uses this batch's statistics, and changes its own. "
    "no_grad() does not alter that; model.eval() does.",
    "模型还处于训练模式：它用的是这个批量的统计量，还改动了自己的。no_grad() 管不了这个，要用 "
    "model.eval()。",
)
def in_training(model, x):
    with torch.no_grad():
        return model(x)


@wrong(
    "evaluated",
    "The output is right, but the model stays in evaluation: the training that goes on afterwards "
    "would use statistics that no longer move. Call model.train().",
    "输出是对的，但模型停在评估模式：接着训练，用的就是不再更新的统计量。请调用 model.train()。",
)
def left_in_evaluation(model, x):
    model.eval()
    with torch.no_grad():
        return model(x)


@wrong(
    "evaluated",
    "eval() records the graph as before, and the output holds on to it: compute under "
    "torch.no_grad().",
    "eval() 照样会记录计算图，输出还引用着它：请在 torch.no_grad() 里计算。",
)
def with_a_graph(model, x):
    model.eval()
    y = model(x)
    model.train()
    return y


@wrong(
    "evaluated",
    "The mode is set after the model was called; it has to be set before.",
    "模式是在调用模型之后才设的；应当先设好，再调用。",
)
def too_late(model, x):
    with torch.no_grad():
        y = model(x)
    model.eval()
    return y
