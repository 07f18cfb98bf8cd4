"""n + 2p pixels leave n + 2p - k to move over, s at a time; the first place counts, too."""


def size(n, k, s, p):
    return (n + 2 * p - k) // s + 1
