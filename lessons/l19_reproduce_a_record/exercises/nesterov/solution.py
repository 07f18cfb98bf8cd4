"""The velocity first, then a step along the gradient and the new velocity."""


def step(w, v, gradient, learning_rate, momentum):
    v = momentum * v + gradient
    return w - learning_rate * (gradient + momentum * v), v
