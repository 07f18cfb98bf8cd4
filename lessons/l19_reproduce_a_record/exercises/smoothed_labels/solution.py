"""Every class gets s / classes, and the label's own 1 - s besides."""

import jax
import jax.numpy as jnp


def loss(logits, y, s):
    classes = logits.shape[1]
    shares = (1 - s) * jax.nn.one_hot(y, classes) + s / classes
    return -jnp.mean(jnp.sum(shares * jax.nn.log_softmax(logits), axis=1))
