"""The lesson's net with checkpoints: what goes in is kept, the inside is run again."""

from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from jaxdl.train import TrainState
from lessons.l09_softmax_classifier import functional
from lessons.l09_softmax_classifier.functional import graphdef


@jax.checkpoint
def first(params, x):  # (n, 784) -> (n, 256)
    net = nnx.merge(graphdef, params)
    return nnx.relu(net.linear2(nnx.relu(net.linear1(x))))


@jax.checkpoint
def second(params, x):  # (n, 256) -> (n, 64)
    net = nnx.merge(graphdef, params)
    return nnx.relu(net.linear4(nnx.relu(net.linear3(x))))


def loss(params, batch):
    """Cross-entropy: the mean over the batch."""
    x, y = batch
    x = second(params, first(params, x.reshape(len(x), 784)))
    log_p = jax.nn.log_softmax(nnx.merge(graphdef, params).linear5(x))
    return -jnp.mean(jnp.take_along_axis(log_p, y[:, None], axis=1))


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
