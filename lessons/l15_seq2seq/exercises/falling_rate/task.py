import optax


def descend(w, gradients, rate, decay):
    optimizer = optax.sgd(lambda count: ...)
    state = optimizer.init(w)
    for gradient in gradients:
        updates, state = optimizer.update(gradient, ...)
        w = ...
    return w
