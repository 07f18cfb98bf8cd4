"""The text in pieces, as in lesson 14: any of them to learn from, the end of it to be judged by."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl.data import load
from jaxdl.train import logits


def examples(config):
    """Every piece of the text, and each of its letters' next one: views of it, (n, context)."""
    split = load(config.data).train
    pieces = partial(np.lib.stride_tricks.sliding_window_view, window_shape=config.context)
    return pieces(split.x), pieces(split.y.astype(np.uint8))


def test_examples(config):
    """The end of the text, which no step sees, cut into pieces."""
    split = load(config.data).test
    whole = len(split) // config.context * config.context
    x, y = (codes[:whole].reshape(-1, config.context) for codes in (split.x, split.y))
    return x, y.astype(np.uint8)


def score(apply, params, test, config):
    """The loss of these pieces, and the share of the next letters that are right."""
    x, y = test
    scores, y = logits(apply, params, x, config.compiled, chunk=100), jnp.asarray(y)
    losses = optax.softmax_cross_entropy_with_integer_labels(scores, y)
    right = jax.lax.argmax(scores, 2, y.dtype) == y
    return {"test_accuracy": jnp.mean(right), "test_loss": jnp.mean(losses)}
