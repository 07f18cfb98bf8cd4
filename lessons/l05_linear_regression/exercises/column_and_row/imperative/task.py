def loss(prediction, y):
    difference = ...  # (n,)
    return (difference**2).mean()
