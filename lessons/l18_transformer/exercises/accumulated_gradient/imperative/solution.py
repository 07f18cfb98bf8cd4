"""backward() adds up by itself; what it adds is a share of the whole batch's loss."""


def loss(w, x, y):
    return ((x @ w - y) ** 2).mean()


def gradient(w, x, y, parts):
    w.grad = None
    for each_x, each_y in zip(x.chunk(parts), y.chunk(parts), strict=True):
        (loss(w, each_x, each_y) / parts).backward()
    return w.grad
