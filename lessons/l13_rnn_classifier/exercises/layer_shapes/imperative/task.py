def shapes(n, inputs, hidden, classes):
    return {
        "l0": (..., inputs),
        "l1": (..., ...),
        "state": (..., n, hidden),
        "fc": (classes, ...),
    }
