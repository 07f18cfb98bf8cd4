"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "centred",
    "The mean is taken over the examples, for each feature: over axis 0, with a result of shape "
    "(features,).",
    "均值是对样本取的，每个特征一个：沿 axis 0，结果的形状是 (features,)。",
)
def over_the_features(x, mean, training):
    if training:
        own = x.mean(axis=1)
        return x - own[:, None], 0.9 * mean + 0.1 * own.mean()
    return x - mean[None, :], mean


@wrong(
    "centred",
    "The two weights have been exchanged: nine tenths of the old running mean stay.",
    "两个系数写反了：旧的滑动均值要保留十分之九。",
)
def weights_exchanged(x, mean, training):
    if training:
        own = x.mean(axis=0)
        return x - own[None, :], 0.1 * mean + 0.9 * own
    return x - mean[None, :], mean


@wrong(
    "centred",
    "In training the batch's own mean is subtracted; the running mean is only kept for later.",
    "训练时减去的是这个批量自己的均值；滑动均值只是留到以后用。",
)
def the_running_mean_in_training(x, mean, training):
    own = x.mean(axis=0)
    return x - mean[None, :], 0.9 * mean + 0.1 * own if training else mean


@wrong(
    "centred",
    "In evaluation the running mean is subtracted, whatever else is in the batch: one example "
    "alone must have a result, too.",
    "评估时减去的是滑动均值，与批量里还有什么无关：只有一个样本时也要能得到结果。",
)
def the_batch_in_evaluation(x, mean, training):
    own = x.mean(axis=0)
    return x - own[None, :], 0.9 * mean + 0.1 * own if training else mean


@wrong(
    "centred",
    "The running mean must not learn from data that it is only evaluated on: in evaluation it is "
    "returned as it came.",
    "滑动均值不应当从只用来评估的数据里学习：评估时原样返回。",
)
def updated_in_evaluation(x, mean, training):
    own = x.mean(axis=0)
    return x - (own if training else mean)[None, :], 0.9 * mean + 0.1 * own
