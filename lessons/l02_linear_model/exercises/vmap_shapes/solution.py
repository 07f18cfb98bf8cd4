"""vmap puts the axis it goes through in front of the shape of a single result."""


def shapes(m, n, k):
    return {
        "a": (m, n),
        "b": (k, n),
        "c": (m,),
        "d": (m, k),
    }
