"""The state goes in and comes out, like the parameters."""


def update(gradient, trace, learning_rate, momentum):
    trace = momentum * trace + gradient
    return -learning_rate * trace, trace
