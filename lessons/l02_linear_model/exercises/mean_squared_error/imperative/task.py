def total_loss(w, batches):
    total = 0.0
    for x, y in batches:
        loss = ((w * x - y) ** 2).mean()
        total += ...
    return total
