"""item() takes the number out of the tensor; times the batch's length it is a sum."""


def epoch_loss(loss, batches):
    total, examples = 0.0, 0
    for batch in batches:
        total += loss(batch).item() * len(batch)
        examples += len(batch)
    return total / examples
