"""a2 (a1 h + b1) + b2 = (a2 a1) h + (a2 b1 + b2)."""


def then(first, second):
    (a1, b1), (a2, b2) = first, second
    return a2 * a1, a2 * b1 + b2
