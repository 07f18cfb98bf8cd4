"""permute lists, for each new axis, which of the old ones it is."""


def pictures(x):
    return x.permute(0, 3, 1, 2)


def kernels(w):
    return w.permute(3, 2, 0, 1)
