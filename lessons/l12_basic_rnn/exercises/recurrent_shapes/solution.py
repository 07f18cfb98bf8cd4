"""The output is shaped like the input; the state has no time, but an axis for the layers."""


def shapes(x, hidden, num_layers, batch_first):
    batch = x[0] if batch_first else x[1]
    output = (x[0], x[1], hidden)
    state = (num_layers, batch, hidden)
    return output, state
