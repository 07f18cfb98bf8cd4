"""A product over hidden makes the scores, one over width the context."""


def context(kernel, h, read):
    query = h @ kernel
    scores = (read @ query.unsqueeze(2)).squeeze(2)
    weights = scores.softmax(dim=1)
    return (weights.unsqueeze(1) @ read).squeeze(1)
