"""The cubic as pure functions."""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl import optim, plots
from jaxdl.course import Program
from jaxdl.train import TrainState, fit


def examples(config):  # -> powers (40, 3), y (40, 1)
    x = np.arange(-20, 20, dtype=np.float32)[:, None] / 16
    return np.concatenate([x, x * x, x * x * x], axis=1), x * x * x - x


def init(key):
    return {"kernel": jax.random.normal(key, (3, 1)), "bias": jnp.zeros(1)}, jnp.ones(())


def apply(params, x):
    layer, scale = params
    return scale * (x @ layer["kernel"] + layer["bias"][None])


def loss(params, batch):
    x, y = batch
    return jnp.mean((apply(params, x) - y) ** 2)


def step(state, batch, optimizer):
    value, gradient = jax.value_and_grad(loss)(state.params, batch)
    updates, opt_state = optimizer.update(gradient, state.opt_state, state.params)
    params = optax.apply_updates(state.params, updates)
    return TrainState(params, opt_state, state.step + 1), value


@cache
def make_step(rate):
    optimizer = optim.rmsprop(rate)
    return optimizer, partial(step, optimizer=optimizer)


def train(config, data, params=None, order=None, report=None):
    optimizer, on_batch = make_step(config.rate)
    init_key, order_key = jax.random.split(jax.random.key(config.seed))
    state, history = fit(
        on_batch,
        TrainState.create(init(init_key) if params is None else params, optimizer),
        jax.device_put(data),
        order_key if order is None else order,
        epochs=config.passes,
        batch_size=config.size,
        scan=True,
        report=report,
    )
    return state.params, history


def result(config, params, history, data):
    return {"loss": loss(params, data)}


def figures(config, params, history, data):
    figure, (axes,) = plots.row(1)
    plots.curve(axes, "loss", {"cubic": np.ravel(np.concatenate(history["loss"]))})
    return figure


def program(config):
    optimizer, on_batch = make_step(config.rate)
    return Program(
        examples=partial(examples, config),
        init=init,
        apply=apply,
        loss=loss,
        train=partial(train, config),
        result=partial(result, config),
        figures=partial(figures, config),
        start=lambda params: TrainState.create(params, optimizer),
        params=lambda state: state.params,
        step=on_batch,
        optimizer=optimizer,
    )
