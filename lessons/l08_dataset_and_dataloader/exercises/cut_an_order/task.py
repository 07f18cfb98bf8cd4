def pieces(order, batch_size):
    whole = ...
    return order[:whole].reshape(..., ...)


def rest(order, batch_size):
    return ...
