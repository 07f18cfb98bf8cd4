"""A net with batch normalisation and dropout: what a layer remembers and draws goes in and out.

A training step takes parameters, running statistics and a key, and gives the next ones. Which of a
layer's numbers is what is told by their types: `nnx.Param`, `nnx.BatchStat`.
"""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from jaxdl import nn, ops, plots
from jaxdl.course import Program
from jaxdl.data import load
from jaxdl.train import TrainState, accuracy, fit, logits
from lessons.l17_state_and_randomness import HIDDEN, Config


def inputs(images):  # (n, 28, 28) of 0 to 255 -> (n, 28, 28, 1), mean about 0, deviation about 1
    return ((images.astype(np.float32) / 255 - 0.1307) / 0.3081)[..., None]


def examples(config):  # -> x (n, 28, 28, 1), y (n,) of 0 to 9
    split = load(config.data).train
    return inputs(split.x), split.y


def test_examples(config):
    """Images that no step sees."""
    split = load(config.data).test
    return inputs(split.x), split.y


def max_pool(x):
    """The largest of every 2 × 2 pixels."""
    return ops.max_pool(x, (2, 2), strides=(2, 2))


class Net(nnx.Module):
    """Lesson 10's net, each convolution normalised, and a hidden layer of which some is dropped."""

    def __init__(self, dropout, rngs):
        # Without a bias: bn1 would take it off again, and has one of its own.
        options = {"padding": "VALID", "use_bias": False, "rngs": rngs}
        self.conv1 = nn.Conv(1, 10, (5, 5), **options)
        self.bn1 = nn.BatchNorm(10, rngs=rngs)
        self.conv2 = nn.Conv(10, 20, (5, 5), **options)
        self.bn2 = nn.BatchNorm(20, rngs=rngs)
        self.fc1 = nn.Linear(320, HIDDEN, rngs=rngs)
        self.dropout = nn.Dropout(dropout)  # no rngs: what it keeps is given with each call
        self.fc2 = nn.Linear(HIDDEN, 10, rngs=rngs)

    def __call__(self, x, keep=None):  # (n, 28, 28, 1), (n, 50) of bool
        x = nnx.relu(max_pool(self.bn1(self.conv1(x))))  # -> (n, 12, 12, 10)
        x = nnx.relu(max_pool(self.bn2(self.conv2(x))))  # -> (n, 4, 4, 20)
        x = nnx.relu(self.fc1(x.reshape(len(x), -1)))  # -> (n, 320) -> (n, 50)
        return self.fc2(self.dropout(x, keep=keep))  # -> (n, 10)


@cache
def graphdef(dropout, training):
    """The net without its numbers. The mode is part of it: of the function, not of the state."""
    net = nnx.eval_shape(lambda: Net(dropout, nnx.Rngs(0)))
    net.train() if training else net.eval()
    return nnx.split(net)[0]


@jax.jit
def init(key):
    """A new net's numbers, its running statistics among them; the dropout has none."""
    return nnx.to_pure_dict(nnx.split(Net(0.0, nnx.Rngs(key)))[1])


def parted(net):
    """What is learnt, and what is kept beside it, as nested dictionaries."""
    _, params, stats = nnx.split(net, nnx.Param, nnx.BatchStat)
    return nnx.to_pure_dict(params), nnx.to_pure_dict(stats)


def joined(params, stats):
    """Both in one dictionary, a layer an entry, as PyTorch's `state_dict` has them."""
    return {name: layer | stats.get(name, {}) for name, layer in params.items()}


def apply(params, x, dropout=0.5):  # (n, 28, 28, 1) -> (n, 10)
    """In evaluation: the running statistics, and nothing is dropped."""
    return nnx.merge(graphdef(dropout, False), params)(x)


def loss_and_stats(weights, stats, batch, dropout):
    """Cross-entropy, its mean over the batch; and the statistics that the net leaves behind.

    A batch that comes with what its dropout keeps is one of training: there the net takes the
    batch's own statistics, and moves those that it was given. No gradient goes into these.
    """
    x, y, *masks = batch
    params = joined(weights, jax.lax.stop_gradient(stats))
    net = nnx.merge(graphdef(dropout, training=bool(masks)), params)
    losses = optax.softmax_cross_entropy_with_integer_labels(net(x, *masks), y)
    return jnp.mean(losses), parted(net)[1]


def loss(params, batch, dropout=0.5):
    """The loss alone, of all that a net is made of."""
    return loss_and_stats(*parted(nnx.merge(graphdef(dropout, False), params)), batch, dropout)[0]


def step(state, batch, dropout, optimizer):
    """One step on the batch, which may come with its masks: the next state, the loss before it."""
    x, y, *masks = batch
    stats, key = state.rest
    fresh = jax.random.fold_in(key, state.step)  # this step's own; the same if it is taken again
    keep = masks[0] if masks else jax.random.bernoulli(fresh, 1 - dropout, (len(x), HIDDEN))
    grad_fn = jax.value_and_grad(loss_and_stats, has_aux=True)
    (value, stats), gradient = grad_fn(state.params, stats, (x, y, keep), dropout)
    updates, opt_state = optimizer.update(gradient, state.opt_state)
    params = optax.apply_updates(state.params, updates)
    return TrainState(params, opt_state, state.step + 1, (stats, key)), value


@cache  # the same objects for the same arguments, so that the step is compiled once for them
def make_step(dropout, learning_rate, momentum):
    optimizer = optax.sgd(learning_rate, momentum)
    return optimizer, partial(step, dropout=dropout, optimizer=optimizer)


def start(params, key, config):
    """The state before the first step: parameters, and beside them statistics and a key."""
    optimizer, _ = make_step(config.dropout, config.learning_rate, config.momentum)
    params, stats = parted(nnx.merge(graphdef(config.dropout, True), params))
    return TrainState.create(params, optimizer, (stats, key))


def numbers(state):
    """All that a net is made of, out of a state."""
    return joined(state.params, state.rest[0])


def train(
    config, data, params=None, order=None, masks=None, report=None, test=None, checkpoints=None
):
    """`config.epochs` times through the examples, an epoch a compiled call, as in lesson 9.

    Args:
        order: the examples' order in every epoch, (epochs, n); None: drawn from `config.seed`.
        masks: what the dropout keeps in that order, (epochs, n, 50); None: drawn from a key.
        test: (x, y) on which the accuracy is taken after every epoch.

    Returns:
        The last numbers; the loss of every step, one row an epoch, and the test accuracies.
    """
    init_key, order_key, dropout_key = jax.random.split(jax.random.key(config.seed), 3)
    params = init(init_key) if params is None else params
    _, on_batch = make_step(config.dropout, config.learning_rate, config.momentum)
    order = order_key if order is None else order
    state, history = fit(
        on_batch,
        start(params, dropout_key, config),
        jax.device_put(data),
        order if masks is None else (order, *masks),
        epochs=config.epochs,
        batch_size=config.batch_size,
        scan=True,
        evaluate=test and (lambda state: accuracy(apply, numbers(state), test, config.dropout)),
        report=report,
        checkpoints=checkpoints,
    )
    return numbers(state), history


def result(config, params, history, data):
    return {"test accuracy": accuracy(apply, params, test_examples(config), config.dropout)}


def figures(config, params, history, data):
    """Loss and accuracy; what is confused; the statistics that were kept, and a batch's own."""
    x, y = test_examples(config)
    p = jax.nn.softmax(logits(apply, params, x, config.dropout))
    figure, axes = plots.mosaic("ab;cc", height=5.8, heights=(3.2, 2.4))
    plots.learning(axes[0], f"{plots.say('loss and test accuracy')} ({config.data})", history)
    plots.confusion(axes[1], y, jnp.argmax(p, axis=1))
    maps = nnx.merge(graphdef(config.dropout, False), params).conv1(data[0][: config.batch_size])
    channels = np.arange(maps.shape[-1])
    kept, spread = params["bn1"], np.sqrt(params["bn1"]["var"])
    label = plots.say("kept, for evaluation", "保存的，评估时用")
    axes[2].errorbar(channels - 0.1, kept["mean"], spread, fmt="o", label=label)
    of_batch = np.mean(maps, (0, 1, 2)), np.std(maps, (0, 1, 2))
    label = plots.say("of the first batch", "第一批自己的")
    axes[2].errorbar(channels + 0.1, *of_batch, fmt="s", label=label)
    title = plots.say("mean ± deviation of bn1's channels", "bn1 各通道的均值 ± 标准差")
    axes[2].set(title=title, xlabel=plots.say("channel", "通道"), xticks=channels)
    axes[2].legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, borderaxespad=0)
    return figure


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""
    optimizer, on_batch = make_step(config.dropout, config.learning_rate, config.momentum)
    return Program(
        examples=partial(examples, config),
        test_examples=partial(test_examples, config),
        init=init,
        apply=partial(apply, dropout=config.dropout),
        loss=partial(loss, dropout=config.dropout),
        start=lambda params: start(params, jax.random.key(config.seed), config),
        params=numbers,
        step=on_batch,
        optimizer=optimizer,
        train=partial(train, config),
        result=partial(result, config),
        figures=partial(figures, config),
        inputs=inputs,
    )


def main(config=Config()):
    data, test = examples(config), test_examples(config)
    _, history = train(config, data, test=test)
    for epoch, losses in enumerate(history["loss"]):
        print("progress:", epoch, np.mean(losses), history["test_accuracy"][epoch])


if __name__ == "__main__":
    main()
