"""Ten classes: layers from Flax, a softmax over ten logits, momentum, and a test set.

A Flax layer is an object that holds its parameters. `nnx.split` takes the two apart: what the net
is (`graphdef`, fixed) and its parameters (`params`, nested dicts of arrays as in the lessons
before). `nnx.merge` puts them together for one forward pass, so `apply(params, x)` stays a pure
function.
"""

from functools import cache, partial

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from jaxdl import plots
from jaxdl.course import Program
from jaxdl.data import load
from jaxdl.train import TrainState, accuracy, fit, logits, shared_step
from lessons.l09_softmax_classifier import Config


def inputs(images):  # (n, 28, 28) of 0 to 255 -> (n, 28, 28, 1), mean about 0, deviation about 1
    return ((images.astype(np.float32) / 255 - 0.1307) / 0.3081)[..., None]


def examples(config):  # -> x (n, 28, 28, 1), y (n,) of 0 to 9
    split = load(config.data).train
    return inputs(split.x), split.y


def test_examples(config):
    """Images that no step sees."""
    split = load(config.data).test
    return inputs(split.x), split.y


def linear(in_features, out_features, rngs):
    """A linear layer; kernel and bias from U(-1/√in_features, 1/√in_features), PyTorch's rule."""
    bound = in_features**-0.5
    uniform = partial(jax.random.uniform, minval=-bound, maxval=bound)
    return nnx.Linear(in_features, out_features, kernel_init=uniform, bias_init=uniform, rngs=rngs)


class Net(nnx.Module):
    """784 -> 512 -> 256 -> 128 -> 64 -> 10, a ReLU between."""

    def __init__(self, rngs):
        self.linear1 = linear(784, 512, rngs)
        self.linear2 = linear(512, 256, rngs)
        self.linear3 = linear(256, 128, rngs)
        self.linear4 = linear(128, 64, rngs)
        self.linear5 = linear(64, 10, rngs)

    def __call__(self, x):
        x = x.reshape(len(x), 784)  # (n, 28, 28, 1) -> (n, 784)
        x = nnx.relu(self.linear1(x))  # max(0, xW + b)
        x = nnx.relu(self.linear2(x))
        x = nnx.relu(self.linear3(x))
        x = nnx.relu(self.linear4(x))
        return self.linear5(x)  # -> (n, 10): the logits, one for each class


# The net without its parameters.
graphdef, _ = nnx.split(nnx.eval_shape(lambda: Net(nnx.Rngs(0))), nnx.Param)


@jax.jit
def init(key):
    """A new net's parameters."""
    _, params = nnx.split(Net(nnx.Rngs(key)), nnx.Param)
    return nnx.to_pure_dict(params)


def apply(params, x):  # (n, 28, 28, 1) -> (n, 10)
    return nnx.merge(graphdef, params)(x)


def loss(params, batch):
    """Cross-entropy: the mean of -log softmax(logits), taken at each image's own class."""
    x, y = batch
    log_p = jax.nn.log_softmax(apply(params, x))  # (n, 10): logits - log Σ exp(logits)
    return -jnp.mean(jnp.take_along_axis(log_p, y[:, None], axis=1))


def step(state, batch, optimizer):
    """One step on the batch: the next state, the loss before it."""
    value, gradient = jax.value_and_grad(loss)(state.params, batch)
    updates, opt_state = optimizer.update(gradient, state.opt_state)
    params = optax.apply_updates(state.params, updates)
    return TrainState(params, opt_state, state.step + 1), value


@cache  # the same objects for the same arguments, so that the step is compiled once for them
def make_step(learning_rate, momentum):
    """Momentum: velocity = momentum·velocity + gradient; params -= learning_rate·velocity."""
    optimizer = optax.sgd(learning_rate, momentum)
    return optimizer, partial(step, optimizer=optimizer)


def train(config, data, params=None, order=None, report=None, test=None, checkpoints=None):
    """`config.epochs` times through the examples, an epoch a compiled call.

    Args:
        order: the examples' order in every epoch, (epochs, n); None: drawn from `config.seed`.
        test: (x, y) on which the accuracy is taken after every epoch.

    Returns:
        The last parameters; the loss of every step, one row an epoch, and the test accuracies.
    """
    init_key, order_key = jax.random.split(jax.random.key(config.seed))
    params = init(init_key) if params is None else params
    optimizer, on_batch = make_step(config.learning_rate, config.momentum)
    state, history = fit(
        on_batch,
        TrainState.create(params, optimizer),
        jax.device_put(data),
        order_key if order is None else order,
        epochs=config.epochs,
        batch_size=config.batch_size,
        scan=True,
        evaluate=test and (lambda state: accuracy(apply, state.params, test)),
        report=report,
        checkpoints=checkpoints,
        shared=shared_step(loss, optimizer),  # where the cores are several devices
    )
    return state.params, history


def result(config, params, history, data):
    return {"test accuracy": accuracy(apply, params, test_examples(config))}


def figures(config, params, history, data):
    """Loss and accuracy; which digits are confused; the mistakes the net is surest of."""
    x, y = test_examples(config)
    z = logits(apply, params, x)
    return plots.classifier(config.data, history, x, y, z)


def program(config):
    """These functions with their Config, as compare, bench, run and predict take them."""
    optimizer, on_batch = make_step(config.learning_rate, config.momentum)
    return Program(
        examples=partial(examples, config),
        test_examples=partial(test_examples, config),
        init=init,
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
