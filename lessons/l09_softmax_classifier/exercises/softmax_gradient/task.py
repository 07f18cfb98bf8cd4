import jax


def gradient(logits, y):
    n, classes = logits.shape
    return ...
