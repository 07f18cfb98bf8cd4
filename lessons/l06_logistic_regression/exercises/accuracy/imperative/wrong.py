"""Typical wrong answers."""

from jaxdl.course.exercises import wrong


@wrong(
    "accuracy",
    "z is no probability yet: one half is the threshold of σ(z), and the z that belongs to it is "
    "0.",
    "z 还不是概率：二分之一是 σ(z) 的阈值，它对应的 z 是 0。",
)
def half_of_a_logit(z, y):
    return ((z.squeeze(1) > 0.5) == y).float().mean().item()


@wrong(
    "accuracy",
    "Every answer is compared with every label here: (n, 1) == (n,) is (n, n). Take the column "
    "first, z.squeeze(1).",
    "这里每个回答都与每个标签比较：(n, 1) == (n,) 得到 (n, n)。先取出那一列，z.squeeze(1)。",
)
def every_pair(z, y):
    return ((z > 0) == y).float().mean().item()


@wrong(
    "accuracy",
    "The number is right and still a tensor: .item() makes a Python number of it.",
    "数是对的，但还是张量：用 .item() 变成 Python 的数。",
)
def a_tensor(z, y):
    return ((z.squeeze(1) > 0) == y).float().mean()


@wrong(
    "accuracy",
    "True and False have no mean in PyTorch; make numbers of them first, .float().",
    "在 PyTorch 里，True 和 False 不能求平均；先变成数：.float()。",
)
def mean_of_truths(z, y):
    return ((z.squeeze(1) > 0) == y).mean().item()


@wrong(
    "accuracy",
    "This is how many are right; which fraction of all they are is asked for.",
    "这是答对的个数；要的是它在全部样本中所占的比例。",
)
def counted(z, y):
    return ((z.squeeze(1) > 0) == y).sum().item()
