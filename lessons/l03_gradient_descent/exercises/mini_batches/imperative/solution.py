"""split is told the size of a piece, chunk the number of pieces."""


def batches(x, size):
    return list(x.split(size))
