"""A slice that goes beyond the end stops at the end."""


def batches(x, size):
    starts = range(0, len(x), size)
    return [x[start : start + size] for start in starts]
