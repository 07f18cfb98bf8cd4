"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "mirrored",
    "This mirrors the same images in every epoch; each would be seen one way only.",
    "这样每一轮镜像的都是同样的图像，每张图就只看到一面。",
)
def always_the_same(first, epoch):
    return first


@wrong(
    "mirrored",
    "This is right for the epochs 0 and 1 alone; from then on it has to go on alternating.",
    "这只在第 0 轮和第 1 轮正确；以后还要继续交替。",
)
def two_epochs(first, epoch):
    return first if epoch == 0 else ~first


@wrong(
    "mirrored",
    "It begins the wrong way round: epoch 0 mirrors those that `first` says.",
    "开头就反了：第 0 轮镜像的是 first 所指的那些。",
)
def the_other_way_round(first, epoch):
    return ~first if epoch % 2 == 0 else first


@wrong(
    "mirrored",
    "A minus is not defined for truth values: the opposite is ~first, or first ^ True.",
    "真假值没有减号：取反要写 ~first 或 first ^ True。",
)
def with_a_minus(first, epoch):
    return -first if epoch % 2 else first
