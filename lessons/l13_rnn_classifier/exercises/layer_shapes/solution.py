"""Whatever reads after a layer in both directions gets 2 · hidden numbers."""


def shapes(n, inputs, hidden, classes):
    return {
        "l0": (inputs, 3 * hidden),
        "l1": (2 * hidden, 3 * hidden),
        "state": (4, n, hidden),
        "fc": (2 * hidden, classes),
    }
