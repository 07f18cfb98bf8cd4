"""len(order) - len(order) % batch_size indices fill batches; reshape puts a batch in each row."""


def pieces(order, batch_size):
    whole = len(order) - len(order) % batch_size
    return order[:whole].reshape(-1, batch_size)


def rest(order, batch_size):
    return order[len(order) - len(order) % batch_size :]
