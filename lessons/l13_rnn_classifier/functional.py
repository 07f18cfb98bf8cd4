"""From which country is a surname? A net that reads words of any length, in both directions.

Arrays are rectangles and names are not, so every name is padded with zeros to the same width. What
is padding must not count: a state stops at the last letter of its name, and the direction that
reads backwards begins there (`lengths`). And it should not cost either: on a CPU the GRU's loops
end with the names; elsewhere a batch is cut to the narrowest of a few widths that holds its longest
name, one compiled branch for each width.
"""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from jaxdl import data as datasets
from jaxdl import nn, ops, optim, plots
from jaxdl.course import Program
from jaxdl.data import leak_free, load
from jaxdl.data.strings import ascii_codes
from jaxdl.train import TrainState, accuracy, bucketed, fit, logits, shared_step
from lessons.l13_rnn_classifier import Config

WIDTHS = (16, 20)  # no name has more than 19 letters, few have more than 16


def inputs(names):  # n names -> (n, 20): the letters' ASCII codes, 0 where the name is over
    return ascii_codes(names, WIDTHS[-1])


def examples(config):  # -> x (n, 20), y (n,): a number for each country, in alphabetical order
    split = load(config.data).train
    return inputs(split.x), split.y


def test_examples(config):
    """Names that no step sees; in the lecture's own split some of them stand in both parts."""
    split = load(config.data).test
    return inputs(split.x), split.y


def lengths(x):  # (n, width) -> (n,)
    return jnp.sum(x > 0, axis=1)


class Net(nnx.Module):
    """Embedding, layers of GRU in both directions, and a linear layer over the last states."""

    def __init__(self, classes, hidden, layers, rngs):
        self.embedding = nn.Embedding(128, hidden, rngs=rngs)
        self.gru = nn.GRU(hidden, hidden, num_layers=layers, bidirectional=True, rngs=rngs)
        self.fc = nn.Linear(2 * hidden, classes, rngs=rngs)

    def __call__(self, x):  # (n, width)
        # Time first, as a recurrence goes. The GRU looks each letter's vector up by itself, and so
        # has to multiply 128 vectors, and not one a letter.
        _, state = self.gru(x.T, lengths=lengths(x), embedding=self.embedding)
        # (2·layers, n, hidden): every layer, two ways
        forward, backward = state[-2], state[-1]  # of the upper layer: the last letter, the first
        return self.fc(jnp.concatenate([backward, forward], axis=1))  # -> (n, classes)


@cache
def graphdef(classes, hidden, layers):
    """The net without its parameters."""
    net = nnx.eval_shape(lambda: Net(classes, hidden, layers, nnx.Rngs(0)))
    return nnx.split(net, nnx.Param)[0]


@partial(jax.jit, static_argnames=("classes", "hidden", "layers"))
def init(key, classes=18, hidden=100, layers=2):
    """A new net's parameters."""
    _, params = nnx.split(Net(classes, hidden, layers, nnx.Rngs(key)), nnx.Param)
    return nnx.to_pure_dict(params)


def apply(params, x):  # (n, width) -> (n, classes)
    hidden, classes = params["fc"]["kernel"].shape
    layers = len(params["gru"]) // 2
    return nnx.merge(graphdef(classes, hidden // 2, layers), params)(x)


def loss(params, batch):
    """Cross-entropy: the mean over the batch's names; a row without letters is none."""
    x, y = batch
    cross_entropy = optax.softmax_cross_entropy_with_integer_labels(apply(params, x), y)
    return jnp.mean(cross_entropy, where=lengths(x) > 0)


def step(state, batch, optimizer):
    """One step on the batch: the next state, the loss before it."""
    value, gradient = jax.value_and_grad(loss)(state.params, batch)
    updates, opt_state = optimizer.update(gradient, state.opt_state)
    params = optax.apply_updates(state.params, updates)
    return TrainState(params, opt_state, state.step + 1), value


@cache  # the same objects for the same arguments, so that the step is compiled once for them
def make_step(learning_rate):
    """Adam, and the step; where the GRU is a scan over all columns, on batches cut to buckets."""
    optimizer = optim.adam(learning_rate)
    whole = partial(step, optimizer=optimizer)
    cut = bucketed(whole, WIDTHS)
    return optimizer, lambda state, batch: (whole if ops.fast() else cut)(state, batch)


def train(config, data, params=None, order=None, report=None, test=None, checkpoints=None):
    """`config.epochs` times through the names, an epoch a compiled call.

    Args:
        order: the examples' order in every epoch, (epochs, n); None: drawn from `config.seed`.
        test: (x, y) on which the accuracy is taken after every epoch.

    Returns:
        The last parameters; the loss of every step, one row an epoch, and the test accuracies.
    """
    init_key, order_key = jax.random.split(jax.random.key(config.seed))
    if params is None:
        classes = datasets.find(config.data).classes
        params = init(init_key, classes, config.hidden, config.layers)
    optimizer, on_batch = make_step(config.learning_rate)
    state, history = fit(
        on_batch,
        TrainState.create(params, optimizer),
        jax.device_put(data),
        order_key if order is None else order,
        epochs=config.epochs,
        batch_size=config.batch_size,
        scan=True,
        fill=True,  # the last batch with rows without letters, so that all have one shape
        evaluate=test and (lambda state: accuracy(apply, state.params, test)),
        report=report,
        checkpoints=checkpoints,
        shared=shared_step(loss, optimizer),  # where the cores are several devices
    )
    return state.params, history


def result(config, params, history, data):
    """How many test names are right; and of those alone that training did not show."""
    found = {"test accuracy": accuracy(apply, params, test_examples(config))}
    if config.data == "names":
        split = leak_free(load(config.data))
        found["accuracy on unseen names"] = accuracy(apply, params, (inputs(split.x), split.y))
    return found


def figures(config, params, history, data):
    """Loss and accuracy; which countries are taken for which."""
    x, y = test_examples(config)
    guesses = jnp.argmax(logits(apply, params, x), axis=1)
    names = datasets.find(config.data).class_names
    figure, (above, below) = plots.mosaic("a;b", height=7.4, heights=(2, 5))
    plots.learning(above, f"{plots.say('loss and test accuracy')} ({config.data})", history)
    title = plots.say("confusion of the test names", "测试姓名的混淆矩阵")
    plots.confusion(below, y, guesses, names, title=title)
    return figure


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""
    classes = datasets.find(config.data).classes
    optimizer, on_batch = make_step(config.learning_rate)
    return Program(
        examples=partial(examples, config),
        test_examples=partial(test_examples, config),
        init=partial(init, classes=classes, hidden=config.hidden, layers=config.layers),
        apply=apply,
        loss=loss,
        start=lambda params: TrainState.create(params, optimizer),
        params=lambda state: state.params,
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
