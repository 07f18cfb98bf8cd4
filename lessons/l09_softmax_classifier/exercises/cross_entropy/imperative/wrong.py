"""Typical wrong answers."""

from torch.nn import functional as F

from jaxdl.course.exercises import wrong


@wrong(
    "loss",
    "cross_entropy has a softmax in it; given probabilities it takes the softmax of a softmax.",
    "cross_entropy 里面已有 softmax；再给它概率，就成了 softmax 的 softmax。",
)
def softmax_twice(logits, y):
    return F.cross_entropy(logits.softmax(dim=1), y)


@wrong(
    "loss",
    "nll_loss only picks the label's entry and turns its sign: it wants log probabilities, not "
    "logits.",
    "nll_loss 只是取出标签处的数并变号：它要的是对数概率，不是 logits。",
)
def nll_of_logits(logits, y):
    return F.nll_loss(logits, y)


@wrong(
    "loss",
    "nll_loss wants the logarithms of the probabilities. It takes no logarithm itself.",
    "nll_loss 要的是概率的对数。它自己不取对数。",
)
def nll_of_softmax(logits, y):
    return F.nll_loss(logits.softmax(dim=1), y)


@wrong(
    "loss",
    "dim=0 are the examples; the classes are dim=1.",
    "dim=0 是样本；类别是 dim=1。",
)
def along_dim_0(logits, y):
    return F.nll_loss(logits.log_softmax(dim=0), y)


@wrong(
    "loss",
    "A probability that underflows is 0, and its logarithm minus infinity. Leave the softmax to "
    "cross_entropy.",
    "下溢的概率等于 0，对数就是负无穷。把 softmax 留给 cross_entropy 去做。",
)
def logarithm_of_softmax(logits, y):
    return F.nll_loss(logits.softmax(dim=1).log(), y)


@wrong(
    "loss",
    "Asked is the mean over the examples, cross_entropy's default.",
    "要的是对样本取平均，这也是 cross_entropy 的默认方式。",
)
def summed(logits, y):
    return F.cross_entropy(logits, y, reduction="sum")
