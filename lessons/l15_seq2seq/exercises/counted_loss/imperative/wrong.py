"""Typical wrong answers."""

from torch.nn import functional as F

from jaxdl.course.exercises import wrong
from lessons.l15_seq2seq.exercises.counted_loss.imperative.solution import mask


@wrong(
    "mask",
    "The letters count, but no 0 does: at which place could the net learn to stop?",
    "字母都计入了，却没有一个 0：网络在哪里学会停下？",
)
def letters_alone(y):
    return y > 0


@wrong(
    "loss",
    "ignore_index=0 ignores every 0, the one that ends the answer, too: the net would never learn "
    "to stop.",
    "ignore_index=0 忽略所有的 0，连结束答案的那一个也忽略了：网络永远学不会停下。",
)
def ignores_the_end(logits, y):
    return F.cross_entropy(logits.flatten(0, 1), y.flatten(), ignore_index=0)


@wrong(
    "loss",
    "Here the padding counts, too.",
    "这样填充也计入了。",
)
def everything(logits, y):
    return F.cross_entropy(logits.flatten(0, 1), y.flatten())


@wrong(
    "loss",
    "What does not count is 0 now, but it is still divided by: a mean over the whole rectangle.",
    "不计入的变成了 0，可是除的时候还算上它们：这是对整个矩形取平均。",
)
def divided_by_the_rectangle(logits, y):
    each = F.cross_entropy(logits.flatten(0, 1), y.flatten(), reduction="none")
    return (each * mask(y).flatten()).mean()
