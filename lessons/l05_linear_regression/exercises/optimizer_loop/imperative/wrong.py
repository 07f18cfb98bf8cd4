"""Typical wrong answers."""

from jaxdl.course.exercises import wrong
from lessons.l05_linear_regression.exercises.optimizer_loop.imperative.solution import loss


@wrong(
    "train",
    "One step is right, three are not: backward() adds to what the step before left in .grad. "
    "optimizer.zero_grad() once in each step.",
    "走一步是对的，走三步就不对：backward() 会累加到上一步留在 .grad 里的梯度上。每一步都要 "
    "optimizer.zero_grad() 一次。",
)
def not_cleared(optimizer, model, x, y, steps):
    for _ in range(steps):
        loss(model, x, y).backward()
        optimizer.step()


@wrong(
    "train",
    "Nothing has moved: after zero_grad() there is no gradient for step() to follow. Not between "
    "backward() and step().",
    "什么都没有动：zero_grad() 之后，step() 就没有梯度可用了。它不能放在 backward() 和 step() 之"
    "间。",
)
def cleared_too_early(optimizer, model, x, y, steps):
    for _ in range(steps):
        loss(model, x, y).backward()
        optimizer.zero_grad()
        optimizer.step()


@wrong(
    "train",
    "This computes the loss and the gradients once for all steps; each step needs them where it "
    "stands.",
    "这里的损失和梯度是所有步共用一次算出的；每一步都要在当时所在的位置重新计算。",
)
def one_gradient(optimizer, model, x, y, steps):
    optimizer.zero_grad()
    loss(model, x, y).backward()
    for _ in range(steps):
        optimizer.step()


@wrong(
    "train",
    "A graph can be walked once; after that what it saved is freed. The loss is to be computed "
    "anew in every step.",
    "一张计算图只能反向一次，之后它保存的值就释放了。每一步都要重新计算损失。",
)
def one_graph(optimizer, model, x, y, steps):
    value = loss(model, x, y)
    for _ in range(steps):
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
