"""n / batch_size, rounded up; the last batch has what the whole ones before it have left."""


def iterations(n, batch_size):
    return -(-n // batch_size)


def last(n, batch_size):
    return n - (iterations(n, batch_size) - 1) * batch_size
