"""The count is in the state: who hands the state on hands on the learning rate."""

import jax.numpy as jnp
import optax


def descend(w, gradients, rate, decay):
    optimizer = optax.sgd(lambda count: rate * decay ** jnp.asarray(count, float))
    state = optimizer.init(w)
    for gradient in gradients:
        updates, state = optimizer.update(gradient, state)
        w = optax.apply_updates(w, updates)
    return w
