"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "total_loss",
    "The number is right, but total is a tensor, and with it the graphs of all batches stay in "
    "memory. Take the number out of each loss: loss.item().",
    "数是对的，但 total 是张量，所有批量的计算图都跟着留在内存里。请从每个损失里取出数来："
    "loss.item()。",
)
def a_tensor(w, batches):
    return sum(((w * x - y) ** 2).mean() for x, y in batches)


@wrong(
    "total_loss",
    "detach() lets go of the graph, but what it gives is still a tensor; a Python number is asked "
    "for.",
    "detach() 确实丢掉了图，但得到的仍然是张量；这里要的是 Python 的数。",
)
def detached(w, batches):
    return sum(((w * x - y) ** 2).mean().detach() for x, y in batches)


@wrong(
    "total_loss",
    "This is the last batch alone: += adds to what is there, = forgets it.",
    "这只是最后一个批量：+= 是加上去，= 会丢掉之前的。",
)
def the_last_alone(w, batches):
    total = 0.0
    for x, y in batches:
        total = ((w * x - y) ** 2).mean().item()
    return total


@wrong(
    "total_loss",
    "This is the mean over the batches; their sum is asked for.",
    "这是各批量的平均值；要的是它们的和。",
)
def the_mean(w, batches):
    return sum(((w * x - y) ** 2).mean().item() for x, y in batches) / len(batches)
