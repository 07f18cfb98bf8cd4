"""The lecture's net with checkpoints: what goes in is kept, the inside is run again."""

from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from jaxdl.train import TrainState
from lessons.l10_basic_cnn import functional
from lessons.l10_basic_cnn.functional import graphdef, max_pool


@jax.checkpoint
def first(params, x):  # (n, 28, 28, 1) -> (n, 12, 12, 10)
    return nnx.relu(max_pool(nnx.merge(graphdef("lecture"), params).conv1(x)))


@jax.checkpoint
def second(params, x):  # (n, 12, 12, 10) -> (n, 4, 4, 20)
    return nnx.relu(max_pool(nnx.merge(graphdef("lecture"), params).conv2(x)))


def loss(params, batch):
    """Cross-entropy, its mean over the batch."""
    x, y = batch
    x = second(params, first(params, x))
    logits = nnx.merge(graphdef("lecture"), params).fc(x.reshape(len(x), -1))
    return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(logits, y))


def step(state, batch, optimizer):
    """As without: nothing of it knows of a checkpoint."""
    value, gradient = jax.value_and_grad(loss)(state.params, batch)
    updates, opt_state = optimizer.update(gradient, state.opt_state)
    params = optax.apply_updates(state.params, updates)
    return TrainState(params, opt_state, state.step + 1), value


def program(config):
    """The lesson's program with these functions in it, as the page of both autograds takes it."""
    whole = functional.program(config)
    return replace(whole, loss=loss, step=partial(step, optimizer=whole.optimizer))
