"""transpose lists, for each new axis, which of the old ones it is."""


def pictures(x):
    return x.transpose(0, 2, 3, 1)


def kernels(w):
    return w.transpose(2, 3, 1, 0)
