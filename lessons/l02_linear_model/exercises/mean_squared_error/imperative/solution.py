""".item() lets go of the graph of each batch."""


def total_loss(w, batches):
    total = 0.0
    for x, y in batches:
        loss = ((w * x - y) ** 2).mean()
        total += loss.item()
    return total
