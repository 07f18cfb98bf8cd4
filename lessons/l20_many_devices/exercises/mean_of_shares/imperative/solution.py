"""backward() adds: each share's loss goes in with the share of the rows that it is of."""


def loss(w, x, y):
    return ((x @ w - y) ** 2).mean()


def gradient(w, xs, ys):
    rows = sum(map(len, xs))
    w.grad = None
    for x, y in zip(xs, ys, strict=True):
        (loss(w, x, y) * len(x) / rows).backward()
    return w.grad
