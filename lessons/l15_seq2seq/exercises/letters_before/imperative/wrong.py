"""Typical wrong answers."""

from torch.nn import functional as F

from jaxdl.course.exercises import wrong


@wrong(
    "before",
    "The decoder is told the very letter that it is to say: it has only to repeat it.",
    "这样告诉解码器的正是它该说的那个字母：照着重复就行了。",
)
def the_answer_itself(y):
    return y


@wrong(
    "before",
    "(0, 1) puts the 0 on the right. F.pad takes (left, right) of the last axis first.",
    "(0, 1) 把 0 放在了右边。F.pad 先给的是最后一轴的（左，右）。",
)
def padded_on_the_right(y):
    return F.pad(y[:, 1:], (0, 1))


@wrong(
    "before",
    "F.pad begins with the last axis, not with the first: (0, 0, 1, 0) adds a row above. Each "
    "answer is told another answer's letters.",
    "F.pad 从最后一轴而不是第一轴开始：(0, 0, 1, 0) 是在上面加一行。每个答案听到的是别的答案的字"
    "母。",
)
def axes_from_the_front(y):
    return F.pad(y[:-1], (0, 0, 1, 0))


@wrong(
    "before",
    "One column too many: the 0 is there, but the last letter of y stands before nothing. Leave "
    "it out.",
    "多了一列：0 放进来了，可是 y 的最后一列不在任何字母之前，应当去掉。",
)
def one_too_wide(y):
    return F.pad(y, (1, 0))
