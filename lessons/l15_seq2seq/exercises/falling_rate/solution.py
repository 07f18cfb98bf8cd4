"""The count is in the state: who hands the state on hands on the learning rate."""

import optax


def descend(w, gradients, rate, decay):
    optimizer = optax.sgd(lambda count: rate * decay ** count.astype(float))
    state = optimizer.init(w)
    for gradient in gradients:
        updates, state = optimizer.update(gradient, state)
        w = optax.apply_updates(w, updates)
    return w
