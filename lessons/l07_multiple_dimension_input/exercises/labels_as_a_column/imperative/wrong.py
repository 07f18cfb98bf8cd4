"""Typical wrong answers."""

from torch.nn.functional import binary_cross_entropy

from jaxdl.course.exercises import wrong


@wrong(
    "loss",
    "The shapes are (n, 1) and (n,). Give one of them the shape of the other.",
    "两者的形状是 (n, 1) 和 (n,)。请把其中一个变成另一个的形状。",
)
def as_they_are(p, y):
    return binary_cross_entropy(p, y)


@wrong(
    "loss",
    "Now both are (n, n): every label has met every probability. Do not expand; give y a second "
    "axis.",
    "这样两者都成了 (n, n)：每个标签和每个概率都配了对。不要 expand，给 y 加一个轴就行。",
)
def expanded(p, y):
    return binary_cross_entropy(p.expand(-1, len(y)), y.expand(len(y), -1))


@wrong(
    "loss",
    "The probabilities come first, the labels second.",
    "概率在前，标签在后。",
)
def the_wrong_way_round(p, y):
    return binary_cross_entropy(y[:, None], p)


@wrong(
    "loss",
    "Asked is the mean over the examples, which is what binary_cross_entropy takes if told "
    "nothing else.",
    "要的是对样本取平均；不另外指定的话，binary_cross_entropy 就取平均。",
)
def summed(p, y):
    return binary_cross_entropy(p, y[:, None], reduction="sum")
