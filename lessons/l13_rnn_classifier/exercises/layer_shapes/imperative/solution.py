"""What nn.GRU(inputs, hidden, num_layers=2, bidirectional=True) and nn.Linear hold."""


def shapes(n, inputs, hidden, classes):
    return {
        "l0": (3 * hidden, inputs),
        "l1": (3 * hidden, 2 * hidden),
        "state": (4, n, hidden),
        "fc": (classes, 2 * hidden),
    }
