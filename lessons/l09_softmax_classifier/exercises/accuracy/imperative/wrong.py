"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "accuracy",
    "// divides integers and throws the rest away: anything below all of them right is 0.",
    "// 是整除，会丢掉余数：只要没有全对，结果就是 0。",
)
def whole_division(logits, y):
    return (logits.argmax(dim=1) == y).sum().item() // len(y)


@wrong(
    "accuracy",
    "The number is right, but it is still a tensor. Which method takes the number out?",
    "数值是对的，但仍是张量。用哪个方法取出数值？",
)
def a_tensor(logits, y):
    return (logits.argmax(dim=1) == y).float().mean()


@wrong(
    "accuracy",
    "This is how many are right; asked is which share of the n examples.",
    "这是答对的个数；要的是占 n 个样本的比例。",
)
def a_count(logits, y):
    return (logits.argmax(dim=1) == y).sum().item()


@wrong(
    "accuracy",
    "max(dim=1) gives a pair, values and indices; the first are the logits themselves. The class "
    "is an index.",
    "max(dim=1) 返回一对：数值和下标；第一个是 logit 本身。类别是下标。",
)
def the_largest_itself(logits, y):
    return (logits.max(dim=1)[0].long() == y).sum().item() / len(y)


@wrong(
    "accuracy",
    "dim=0 goes over the examples. Which dimension are the classes?",
    "dim=0 是沿着样本。哪一维是类别？",
)
def along_dim_0(logits, y):
    return (logits.argmax(dim=0) == y).sum().item() / len(y)
