def batches(x, size):
    starts = range(...)
    return [... for start in starts]
