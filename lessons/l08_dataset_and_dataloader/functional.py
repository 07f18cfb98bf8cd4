"""Mini-batches: an epoch is an order of the examples, cut into pieces; one step a piece.

Last lesson's net and data. A loader is no object here: the order is an array that a key decides, a
batch is the rows that a piece of it picks, and a whole epoch is one compiled function of them.
"""

from dataclasses import replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import optax

from jaxdl import data as datasets
from jaxdl import plots
from jaxdl.course import Program
from jaxdl.data import load
from lessons.l08_dataset_and_dataloader import Config


def examples(config):  # -> x (n, features), y (n, 1)
    split = load(config.data).train
    return split.x, split.y


def init(key, features=8):
    """Kernels and biases from U(-1/√inputs, 1/√inputs), which is PyTorch's rule."""
    params = {}
    sizes = [(features, 6), (6, 4), (4, 1)]
    for number, (inputs, outputs) in enumerate(sizes, 1):
        key, kernel, bias = jax.random.split(key, 3)
        draw = partial(jax.random.uniform, minval=-(inputs**-0.5), maxval=inputs**-0.5)
        params[f"linear{number}"] = {
            "kernel": draw(kernel, (inputs, outputs)),
            "bias": draw(bias, (outputs,)),
        }
    return params


def linear(layer, x):
    """y = xK + b for all examples of the batch at once."""
    return x @ layer["kernel"] + layer["bias"][None, :]  # (n, in) @ (in, out) + (1, out)


def apply(params, x):
    x = jax.nn.sigmoid(linear(params["linear1"], x))  # (n, features) -> (n, 6)
    x = jax.nn.sigmoid(linear(params["linear2"], x))  # -> (n, 4)
    return linear(params["linear3"], x)  # -> (n, 1), logits


def loss(params, batch):
    """The cross-entropy of the batch, its mean: over fewer examples where the batch is smaller."""
    x, y = batch
    return jnp.mean(optax.sigmoid_binary_cross_entropy(apply(params, x), y))


def step(params, state, batch, learning_rate):
    """One step on the batch: new parameters, new optimizer state, the loss before the step."""
    value, gradient = jax.value_and_grad(loss)(params, batch)
    updates, state = optax.sgd(learning_rate).update(gradient, state)
    return optax.apply_updates(params, updates), state, value


def epoch_order(key, epoch, n):  # -> (n,), every index once
    return jax.random.permutation(jax.random.fold_in(key, epoch), n)


@partial(jax.jit, static_argnames="batch_size")
def run_epoch(params, state, data, order, learning_rate, batch_size):
    """Cut `order` into batches and take one step on each; the loss of every step, (batches,)."""

    def on_batch(carry, picked):  # picked (batch_size,): the examples' indices
        params, state = carry
        batch = tuple(column[picked] for column in data)  # (batch_size, features), (batch_size, 1)
        params, state, value = step(params, state, batch, learning_rate)
        return (params, state), value

    whole = len(order) - len(order) % batch_size
    pieces = order[:whole].reshape(-1, batch_size)  # (batches, batch_size)
    carry, losses = jax.lax.scan(on_batch, (params, state), pieces)
    if whole < len(order):  # the rest is a batch too, a smaller one
        carry, last = on_batch(carry, order[whole:])
        losses = jnp.append(losses, last)
    return *carry, losses


def train(config, data, params=None, order=None, report=None):
    """`config.epochs` times through the examples, in a new order each time.

    Args:
        order: the orders themselves, (epochs, n); None: drawn from `config.seed`.

    Returns:
        The last parameters, and the loss of every step, one row an epoch.
    """
    data = jax.device_put(data)  # once; from here on only indices travel
    init_key, order_key = jax.random.split(jax.random.key(config.seed))
    params = init(init_key, data[0].shape[1]) if params is None else jax.device_put(params)
    state = optax.sgd(config.learning_rate).init(params)
    history = {"loss": []}
    for epoch in range(config.epochs):
        row = epoch_order(order_key, epoch, len(data[0])) if order is None else order[epoch]
        params, state, losses = run_epoch(
            params, state, data, row, config.learning_rate, config.batch_size
        )
        history["loss"].append(losses)
        if report:
            report(epoch, losses)
    return params, history


def result(config, params, history, data):
    x, y = data
    right = (apply(params, x) > 0) == (y > 0.5)  # logits: σ(0) = 0.5
    return {"loss": loss(params, data), "accuracy": jnp.mean(right)}


def figures(config, params, history, data):
    """The loss of every step; then batch sizes compared, by epoch and by step."""
    figure, (above, left, right) = plots.mosaic("aa;bc", height=5.6, heights=(2.4, 3))
    n, epochs = len(data[0]), np.arange(1, config.epochs + 1)
    means = [np.mean(losses) for losses in history["loss"]]
    means = np.repeat(means, -(-n // config.batch_size))  # as often as an epoch has steps
    above.plot(np.ravel(np.array(history["loss"])), color=plots.LOSS, linewidth=0.6, alpha=0.45)
    size, dark = config.batch_size, plots.say("dark: mean of the epoch", "深色：一轮的平均")
    title = plots.say(f"loss of every step, batches of {size}", f"每一步的损失，批量大小 {size}")
    plots.curve(above, f"{title} ({dark})", {"": means})
    for size in (8, 32, 128, n):
        _, past = train(replace(config, batch_size=size), data)
        means = [np.mean(losses) for losses in past["loss"]]
        left.plot(epochs, means, label=plots.say(f"batches of {size}", f"批量 {size}"))
        right.plot(epochs * -(-n // size), means)
    title = plots.say("mean loss of an epoch, by epoch", "一轮的平均损失，按轮")
    left.set(title=title, xlabel=plots.say("epoch"), ylabel=plots.say("loss"))
    right.set(title=plots.say("the same, by step", "同样的损失，按步"), xscale="log")
    right.set(xlabel=plots.say("step"), ylabel=plots.say("loss"))
    plots.name_lines(left)
    return figure


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""

    def on_batch(state, batch):
        params, opt_state = state
        params, opt_state, value = step(params, opt_state, batch, config.learning_rate)
        return (params, opt_state), value

    return Program(
        examples=partial(examples, config),
        init=partial(init, features=datasets.find(config.data).features[0]),
        apply=apply,
        loss=loss,
        start=lambda params: (params, optax.sgd(config.learning_rate).init(params)),
        params=lambda state: state[0],
        step=on_batch,
        train=partial(train, config),
        result=partial(result, config),
        figures=partial(figures, config),
    )


def main(config=Config()):
    data = examples(config)
    params, history = train(config, data)
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, float(np.mean(losses)))
    print("accuracy:", float(result(config, params, history, data)["accuracy"]))


if __name__ == "__main__":
    main()
