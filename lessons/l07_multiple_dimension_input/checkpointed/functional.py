"""The lesson's net with a checkpoint: what goes in is kept, the inside is run again."""

from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import optax

from lessons.l07_multiple_dimension_input import functional
from lessons.l07_multiple_dimension_input.functional import FUNCTIONS, linear


def hidden(params, x, activation):  # (n, features) -> (n, 4)
    f = FUNCTIONS[activation]
    return f(linear(params["linear2"], f(linear(params["linear1"], x))))


def loss(params, batch, activation="sigmoid"):
    """The cross-entropy of the batch, its mean, from the logits."""
    x, y = batch
    x = jax.checkpoint(partial(hidden, activation=activation))(params, x)
    return jnp.mean(optax.sigmoid_binary_cross_entropy(linear(params["linear3"], x), y))


def step(state, batch, learning_rate, activation):
    """As without: nothing of it knows of a checkpoint."""
    params, opt_state = state
    value, gradient = jax.value_and_grad(loss)(params, batch, activation)
    updates, opt_state = optax.sgd(learning_rate).update(gradient, opt_state)
    return (optax.apply_updates(params, updates), opt_state), value


def program(config):
    """The lesson's program with these functions in it, as the page of both autograds takes it."""
    activation = config.activation
    on_batch = partial(step, learning_rate=config.learning_rate, activation=activation)
    loss_of = partial(loss, activation=activation)
    return replace(functional.program(config), loss=loss_of, step=on_batch)
