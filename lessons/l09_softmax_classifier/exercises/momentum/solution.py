"""The velocity first, then the parameter along the new velocity."""


def step(w, v, gradient, learning_rate, momentum):
    v = momentum * v + gradient
    w = w - learning_rate * v
    return w, v
