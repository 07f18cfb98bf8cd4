"""Typical wrong answers."""

import jax

from jaxdl.course.exercises import wrong
from lessons.l09_softmax_classifier.exercises.softmax_gradient.solution import gradient


@wrong(
    "gradient",
    "The loss is a mean over n examples; its gradient is divided by n, too.",
    "损失是 n 个样本的平均值；它的梯度也要除以 n。",
)
def of_the_sum(logits, y):
    return len(y) * gradient(logits, y)


@wrong(
    "gradient",
    "A step goes against the gradient and shall raise the true class's logit: its entry must be "
    "negative.",
    "更新是沿梯度的反方向走，应当让真实类别的 logit 变大：所以那一项必须是负的。",
)
def the_other_sign(logits, y):
    return -gradient(logits, y)


@wrong(
    "gradient",
    "Softmax alone pushes every logit down, the true class's too. What is missing for that one?",
    "只有 softmax，所有的 logit 都会被压低，真实类别的也一样。真实类别那一项还缺什么？",
)
def softmax_alone(logits, y):
    return jax.nn.softmax(logits) / len(y)


@wrong(
    "gradient",
    "The logits are no probabilities yet: compare softmax(logits) with the true label.",
    "logits 还不是概率：与真实标签比较的应当是 softmax(logits)。",
)
def logits_minus_label(logits, y):
    return (logits - jax.nn.one_hot(y, logits.shape[1])) / len(y)


@wrong(
    "gradient",
    "The mean of the loss is over the n examples, not over all n · classes numbers.",
    "损失是对 n 个样本取平均，不是对全部 n · 类别数 个数。",
)
def by_all_numbers(logits, y):
    return gradient(logits, y) / logits.shape[1]
