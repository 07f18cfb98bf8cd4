def shapes(x, hidden, num_layers, batch_first):
    output = (..., ..., ...)
    state = (..., ..., ...)
    return output, state
